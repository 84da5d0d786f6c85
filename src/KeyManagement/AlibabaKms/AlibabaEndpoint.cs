namespace SecretsOps.KeyManagement.AlibabaKms;

/// <summary>Where services of Alibaba Cloud are.</summary>
internal static class AlibabaEndpoint
{
    /// <summary>A host name or a URL.</summary>
    /// <exception cref="KeyBackendException">It is neither.</exception>
    public static Uri Parse(string text)
    {
        var url = text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}";
        return Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri : throw new KeyBackendException($"'{text}' is not a host name or URL");
    }

    /// <summary>The gateway of KMS for a region: a dedicated instance, the VPC's, or the public one.</summary>
    public static Uri Kms(AlibabaKmsCredentials credentials, string region)
    {
        var vpc = credentials.Environment.NonEmpty("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED") is "true" or "1" ? "-vpc" : "";
        return Parse(credentials.Endpoint ?? $"kms{vpc}.{region}.aliyuncs.com");
    }
}
