namespace SecretsOps.GitOps.Sources;

/// <summary>How to reach one repository; holds secrets and prints none.</summary>
internal sealed record RepositoryCredentials
{
    public static readonly RepositoryCredentials None = new();

    public string Username { get; init; } = "";

    public string Password { get; init; } = "";

    public string BearerToken { get; init; } = "";

    public string SshPrivateKey { get; init; } = "";

    /// <summary>Lines of a known_hosts file; empty where the operator's own file counts.</summary>
    public string KnownHosts { get; init; } = "";

    public bool SkipsHostVerification { get; init; }

    public string CertificateAuthority { get; init; } = "";

    public string ClientCertificate { get; init; } = "";

    public string ClientCertificateKey { get; init; } = "";

    public string Proxy { get; init; } = "";

    public string NoProxy { get; init; } = "";

    public int Depth { get; init; }

    public bool EnableOci { get; init; }

    public override string ToString() => "[repository credentials]";
}
