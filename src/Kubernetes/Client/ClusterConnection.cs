using System.Security.Cryptography.X509Certificates;
using SecretsOps.Kubernetes.Client.Credentials;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Everything needed to speak to one cluster as one user.</summary>
public sealed record ClusterConnection
{
    /// <summary>The API server, with a path prefix where a proxy asks for one.</summary>
    public required Uri Server { get; init; }

    /// <summary>The certificates that vouch for the server; null trusts the system's.</summary>
    public X509Certificate2Collection? CertificateAuthorities { get; init; }

    /// <summary>Accept any server certificate.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>The name the server's certificate must carry, when it is not the host of <see cref="Server"/>; or empty.</summary>
    public string TlsServerName { get; init; } = "";

    /// <summary>Client certificate with private key, then its intermediates.</summary>
    public X509Certificate2Collection? ClientCertificates { get; init; }

    /// <summary>Token, exec plugin, … or null.</summary>
    public CredentialSource? Credentials { get; init; }

    /// <summary>Act as another user.</summary>
    public Impersonation? Impersonation { get; init; }

    /// <summary>An http, https or socks5 proxy; null follows the environment's proxy variables.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Never ask for compressed answers; loopback servers never are.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>Limit for one request other than a watch; zero means none.</summary>
    public TimeSpan RequestTimeout { get; init; }

    /// <summary>A limit of the client's own on requests per second; null sends them as they come.</summary>
    public RequestPace? Pace { get; init; }

    /// <summary>The context's namespace, or <c>default</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The client's name on the server's side.</summary>
    public string UserAgent { get; init; } = "secretsops";

    /// <summary>Clock of back-off and expiry.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The server only: the rest may hold credentials.</summary>
    public override string ToString() => Server.ToString();
}

/// <summary>The user to act as.</summary>
public sealed record Impersonation
{
    /// <summary>User name.</summary>
    public required string UserName { get; init; }

    /// <summary>UID, or empty.</summary>
    public string Uid { get; init; } = "";

    /// <summary>Groups.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Extra attributes by name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();
}
