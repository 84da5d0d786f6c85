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

    /// <summary>Whether an OCI registry is spoken to without TLS.</summary>
    public bool IsPlainHttp { get; init; }

    /// <summary>Whether files that Git LFS keeps elsewhere are fetched.</summary>
    public bool EnableLfs { get; init; }

    /// <summary>Whether anything here proves who asks.</summary>
    public bool ProvesIdentity => this is not { Password: "", BearerToken: "", SshPrivateKey: "", ClientCertificate: "" };

    /// <summary>These settings with the proof of identity of a credential template, where they have none of their own.</summary>
    public RepositoryCredentials WithTemplate(RepositoryCredentials template) => ProvesIdentity
        ? this
        : this with
        {
            Username = template.Username,
            Password = template.Password,
            BearerToken = template.BearerToken,
            SshPrivateKey = template.SshPrivateKey,
            ClientCertificate = template.ClientCertificate,
            ClientCertificateKey = template.ClientCertificateKey,
            Proxy = Proxy.Length > 0 ? Proxy : template.Proxy,
            NoProxy = NoProxy.Length > 0 ? NoProxy : template.NoProxy,
            EnableOci = EnableOci || template.EnableOci,
            IsPlainHttp = IsPlainHttp || template.IsPlainHttp,
            SkipsHostVerification = SkipsHostVerification || template.SkipsHostVerification,
        };

    public override string ToString() => "[repository credentials]";
}
