namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>Where a service of AWS is: overridden by variables and profiles, else by region and partition.</summary>
internal static class AwsEndpoint
{
    /// <summary>The base address of <c>kms</c> or <c>sts</c> in a region.</summary>
    public static Uri For(string service, string region, KeyEnvironment environment, AwsConfigFile config, string profileName)
    {
        var overridden = environment.NonEmpty("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true"
            ? null
            : environment.FirstNonEmpty($"AWS_ENDPOINT_URL_{service.ToUpperInvariant()}", "AWS_ENDPOINT_URL") ?? Configured(service, config, profileName);
        if (overridden is not null)
        {
            return Uri.TryCreate(overridden, UriKind.Absolute, out var uri)
                ? uri
                : throw new KeyBackendException($"the endpoint '{overridden}' is not a URL");
        }

        if (!region.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
        {
            throw new KeyBackendException($"'{region}' is not a region of AWS"); // it comes from the file and becomes a host name
        }

        var fips = environment.NonEmpty("AWS_USE_FIPS_ENDPOINT") == "true" ? "-fips" : "";
        var domain = region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
        return new Uri($"https://{service}{fips}.{region}.{domain}/");
    }

    private static string? Configured(string service, AwsConfigFile config, string profileName)
    {
        var profile = config.Profile(profileName);
        var specific = profile?.GetValueOrDefault("services") is { } services ? config.ServiceSetting(services, $"{service}.endpoint_url") : null;
        return specific ?? profile?.GetValueOrDefault("endpoint_url");
    }
}
