using System.Text;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.VaultTransit;

/// <summary>How to log in to Vault or OpenBao, which servers may see the token, and how TLS is checked.</summary>
public sealed record VaultTransitCredentials
{
    private const string ServiceAccountToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    internal VaultLogin? Login { get; init; }

    /// <summary>The namespace of Vault Enterprise, HCP or OpenBao; empty for the root.</summary>
    internal string Namespace { get; init; } = "";

    /// <summary>Prefixes of key URIs that may be used; <c>null</c> for all.</summary>
    internal IReadOnlyList<string>? AllowedPrefixes { get; init; }

    internal TlsSettings Tls { get; init; } = new();

    /// <summary><c>VAULT_TOKEN</c>, <c>~/.vault-token</c> or a login by <c>SECRETSOPS_VAULT_AUTH</c>; <c>VAULT_NAMESPACE</c>, <c>VAULT_CACERT</c> and the like; <c>BAO_*</c> too.</summary>
    public static VaultTransitCredentials FromEnvironment(KeyEnvironment environment) => new()
    {
        Clock = environment.Clock,
        Login = FindLogin(environment),
        Namespace = Variable(environment, "NAMESPACE") ?? "",
        AllowedPrefixes = ParseAllowList(environment.NonEmpty("SOPS_HC_VAULT_ALLOWLIST")),
        Tls = FindTls(environment),
    };

    /// <summary>The entries <c>sops.vault-token</c> or <c>sops.vault-auth</c> of a Secret; servers and TLS as the environment says.</summary>
    /// <exception cref="FormatException">The entry lacks a field.</exception>
    public static VaultTransitCredentials FromSecret(IReadOnlyDictionary<string, byte[]> data, KeyEnvironment environment)
    {
        var credentials = FromEnvironment(environment);
        if (data.TryGetValue("sops.vault-token", out var token))
        {
            return credentials with { Login = new VaultLogin.Token(Encoding.UTF8.GetString(token).Trim()) };
        }

        var fields = FlatYaml.Read(Encoding.UTF8.GetString(data["sops.vault-auth"]));
        return credentials with
        {
            Login = MakeLogin(fields.GetValueOrDefault, environment),
            Namespace = fields.GetValueOrDefault("namespace") ?? credentials.Namespace,
        };
    }

    private static VaultLogin? FindLogin(KeyEnvironment environment)
    {
        if (Variable(environment, "TOKEN") is { } token)
        {
            return new VaultLogin.Token(token.Trim());
        }

        if (environment.NonEmpty("SECRETSOPS_VAULT_AUTH") is not null)
        {
            return MakeLogin(name => environment.NonEmpty($"SECRETSOPS_VAULT_{(name == "method" ? "AUTH" : name.ToUpperInvariant())}"), environment);
        }

        return environment.HomeDirectory is { } home && File.Exists(Path.Combine(home, ".vault-token"))
            ? new VaultLogin.Token(KeyEnvironment.ReadText(Path.Combine(home, ".vault-token")))
            : null;
    }

    private static VaultLogin MakeLogin(Func<string, string?> setting, KeyEnvironment environment)
    {
        var method = setting("method") ?? "kubernetes";
        var mount = setting("mount") ?? method;
        return method switch
        {
            "kubernetes" or "jwt" => new VaultLogin.Workload(mount, Require("role"), (address, cancellationToken) => ReadJwtAsync(setting, environment, address, cancellationToken)),
            "approle" => new VaultLogin.AppRole(mount, Require("role_id"), setting("secret_id") ?? KeyEnvironment.ReadText(Require("secret_id_file"))),
            "token" => new VaultLogin.Token(Require("token")),
            _ => throw new FormatException($"'{method}' is not an auth method that can be used: expected kubernetes, jwt, approle or token"),
        };

        string Require(string name) => setting(name) ?? throw new FormatException($"the Vault login by '{method}' lacks '{name}'");
    }

    private static async Task<string> ReadJwtAsync(Func<string, string?> setting, KeyEnvironment environment, string address, CancellationToken cancellationToken)
    {
        if (environment.IdentityToken is not null)
        {
            return await environment.AskIdentityTokenAsync(setting("audience") ?? address, cancellationToken).ConfigureAwait(false);
        }

        return setting("jwt") ?? KeyEnvironment.ReadText(setting("jwt_file") ?? ServiceAccountToken);
    }

    private static TlsSettings FindTls(KeyEnvironment environment) => new()
    {
        AuthoritiesPem = Authorities(environment),
        IsVerificationSkipped = Variable(environment, "SKIP_VERIFY") is "1" or "t" or "T" or "true" or "True" or "TRUE",
        ServerName = Variable(environment, "TLS_SERVER_NAME"),
        Client = Variable(environment, "CLIENT_CERT") is { } certificate && Variable(environment, "CLIENT_KEY") is { } key
            ? (KeyEnvironment.ReadText(certificate), KeyEnvironment.ReadText(key))
            : null,
    };

    private static string[] Authorities(KeyEnvironment environment)
    {
        if (Variable(environment, "CACERT_BYTES") is { } pem)
        {
            return [pem];
        }

        if (Variable(environment, "CACERT") is { } path)
        {
            return [KeyEnvironment.ReadText(path)];
        }

        return Variable(environment, "CAPATH") is { } folder ? [.. Directory.GetFiles(folder).Select(KeyEnvironment.ReadText)] : [];
    }

    private static string? Variable(KeyEnvironment environment, string name) => environment.FirstNonEmpty($"VAULT_{name}", $"BAO_{name}");

    private static List<string>? ParseAllowList(string? text) => text switch
    {
        null or "all" => null,
        "none" => [],
        _ => [.. KeyList.Split(text).Select(prefix => prefix.TrimEnd('/') + "/")],
    };
}
