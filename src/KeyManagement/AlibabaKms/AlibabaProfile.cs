using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AlibabaKms;

/// <summary>A profile of the <c>aliyun</c> command line, or of the SDKs' credentials file.</summary>
internal sealed record AlibabaProfile(AlibabaIdentity Identity, string? RoleArn, string? SessionName)
{
    /// <summary><c>~/.aliyun/config.json</c>: modes AK, StsToken, RamRoleArn and CloudSSO (its cached token).</summary>
    /// <exception cref="KeyBackendException">The file is malformed, or the profile has another mode.</exception>
    public static AlibabaProfile? FromCommandLine(KeyEnvironment environment)
    {
        var path = environment.NonEmpty("ALIBABA_CLOUD_CONFIG_FILE") ?? InHome(environment, ".aliyun", "config.json");
        if (environment.NonEmpty("ALIBABA_CLOUD_CLI_PROFILE_DISABLED") == "true" || !File.Exists(path))
        {
            return null;
        }

        try
        {
            var config = JsonText.Parse(KeyEnvironment.ReadText(path));
            var name = environment.NonEmpty("ALIBABA_CLOUD_PROFILE") ?? JsonText.Find(config, "current") ?? "default";
            var profile = (config?["profiles"] as JsonArray)?.FirstOrDefault(candidate => JsonText.Find(candidate, "name") == name);
            return profile is null ? null : Read(profile, name);
        }
        catch (JsonException)
        {
            throw new KeyBackendException($"'{path}' is not JSON", "run 'aliyun configure'"); // the parser's own words may quote a secret
        }
    }

    /// <summary><c>~/.alibabacloud/credentials</c>, section <c>[default]</c> or <c>ALIBABA_CLOUD_PROFILE</c>, type <c>access_key</c> or <c>sts</c>.</summary>
    public static AlibabaIdentity? FromIniFile(KeyEnvironment environment)
    {
        var path = environment.NonEmpty("ALIBABA_CLOUD_CREDENTIALS_FILE") ?? InHome(environment, ".alibabacloud", "credentials");
        if (!File.Exists(path))
        {
            return null;
        }

        var settings = IniSection.Read(KeyEnvironment.ReadText(path), environment.NonEmpty("ALIBABA_CLOUD_PROFILE") ?? "default");
        return settings.GetValueOrDefault("access_key_id") is { } id && settings.GetValueOrDefault("access_key_secret") is { } secret
            ? new(id, secret, settings.GetValueOrDefault("security_token"))
            : null;
    }

    private static AlibabaProfile Read(JsonNode profile, string name)
    {
        var mode = JsonText.Find(profile, "mode") ?? "AK";
        if (mode is not ("AK" or "StsToken" or "RamRoleArn" or "CloudSSO"))
        {
            throw new KeyBackendException($"the aliyun profile '{name}' has mode '{mode}', which cannot be used here", "use mode AK, StsToken, RamRoleArn or CloudSSO, or RRSA in a cluster");
        }

        var id = JsonText.Find(profile, "access_key_id");
        var secret = JsonText.Find(profile, "access_key_secret");
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(secret))
        {
            throw new KeyBackendException($"the aliyun profile '{name}' holds no access key", "run 'aliyun configure' or log in again");
        }

        var token = JsonText.Find(profile, "sts_token");
        var isRole = mode == "RamRoleArn";
        return new(new AlibabaIdentity(id, secret, token), isRole ? JsonText.Get(profile, "ram_role_arn") : null, isRole ? JsonText.Find(profile, "ram_session_name") : null);
    }

    private static string? InHome(KeyEnvironment environment, params ReadOnlySpan<string> path) =>
        environment.HomeDirectory is { } home ? Path.Combine([home, .. path]) : null;
}
