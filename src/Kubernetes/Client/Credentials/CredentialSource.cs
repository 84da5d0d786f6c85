using System.Security.Cryptography.X509Certificates;

namespace SecretsOps.Kubernetes.Client.Credentials;

/// <summary>Puts a user's credentials on each request, and renews them when they run out or are refused.</summary>
public abstract class CredentialSource
{
    /// <summary>A certificate that came with the credentials (exec plugins); null for most.</summary>
    public virtual X509Certificate2? ClientCertificate => null;

    /// <summary>Adds the credentials to a request.</summary>
    public abstract ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    /// <summary>The server answered 401: forget what is cached. True when a second try may fare better.</summary>
    public virtual bool Refused() => false;
}
