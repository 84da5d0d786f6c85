using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Clusters;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Sources;

/// <summary>A Secret labelled <c>argocd.argoproj.io/secret-type</c> with <c>repository</c>, for one address, or <c>repo-creds</c>, for all that begin alike.</summary>
internal sealed class RepositorySecret
{
    private const string Repository = "repository";
    private const string Template = "repo-creds";

    private readonly string _type;

    private RepositorySecret(KubernetesObject secret, string type)
    {
        var data = new SecretText(secret);
        _type = type;
        Id = $"{secret.Namespace}/{secret.Name}";
        Url = data["url"].Trim();
        Project = data["project"];
        Kind = data["type"] is { Length: > 0 } kind ? kind : "git";
        Name = data["name"];
        Credentials = Read(data);
    }

    public bool IsTemplate => _type == Template;

    /// <summary>Namespace and name of the Secret: what a local copy made with it is kept under.</summary>
    public string Id { get; }

    public string Url { get; }

    /// <summary>The only AppProject that may use it; empty for all.</summary>
    public string Project { get; }

    /// <summary><c>git</c>, <c>helm</c> or <c>oci</c>.</summary>
    public string Kind { get; }

    public string Name { get; }

    public RepositoryCredentials Credentials { get; }

    /// <summary>Reads a Secret, or null where its label says that it is something else, or it has no address.</summary>
    public static RepositorySecret? TryRead(KubernetesObject secret)
    {
        var type = secret.Label(Annotations.SecretType);
        var read = type is Repository or Template ? new RepositorySecret(secret, type) : null;
        return read is { Url.Length: > 0 } ? read : null;
    }

    private static RepositoryCredentials Read(SecretText data) => new()
    {
        Username = data["username"],
        Password = data["password"],
        BearerToken = data["bearerToken"],
        SshPrivateKey = data["sshPrivateKey"],
        SkipsHostVerification = data.Flag("insecure") || data.Flag("insecureIgnoreHostKey"),
        ClientCertificate = data["tlsClientCertData"],
        ClientCertificateKey = data["tlsClientCertKey"],
        Proxy = data["proxy"],
        NoProxy = data["noProxy"],
        Depth = data.Number("depth"),
        EnableOci = data.Flag("enableOCI") || data["type"] == "oci",
        IsPlainHttp = data.Flag("insecureOCIForceHttp"),
        EnableLfs = data.Flag("enableLfs"),
    };

    /// <summary>The identity only.</summary>
    public override string ToString() => Id;
}
