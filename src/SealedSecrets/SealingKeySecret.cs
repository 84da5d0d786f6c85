using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets;

/// <summary>The Secret in the controller's namespace that keeps one sealing key (reference section 1.4).</summary>
public static class SealingKeySecret
{
    /// <summary>The label that makes a Secret a sealing key; only the value <see cref="ActiveValue"/> counts.</summary>
    public const string Label = "sealedsecrets.bitnami.com/sealed-secrets-key";

    /// <summary>The label's only honoured value.</summary>
    public const string ActiveValue = "active";

    /// <summary>The Secret's type.</summary>
    public const string Type = "kubernetes.io/tls";

    /// <summary>The data entry with the certificate.</summary>
    public const string CertificateEntry = "tls.crt";

    /// <summary>The data entry with the private key, or the wrapped private key.</summary>
    public const string PrivateKeyEntry = "tls.key";

    /// <summary>The Secret to create for a new key; the API server completes its name.</summary>
    public static KubernetesObject Create(string @namespace, string prefix, ReadOnlySpan<byte> certificatePem, ReadOnlySpan<byte> privateKeyPem)
    {
        var metadata = new JsonObject
        {
            ["generateName"] = prefix,
            ["namespace"] = @namespace,
            ["labels"] = new JsonObject { [Label] = ActiveValue },
        };
        return new KubernetesObject(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = metadata,
            ["type"] = Type,
            ["data"] = new JsonObject
            {
                [CertificateEntry] = Convert.ToBase64String(certificatePem),
                [PrivateKeyEntry] = Convert.ToBase64String(privateKeyPem),
            },
        });
    }

    /// <summary>Whether a Secret is labelled as an active sealing key.</summary>
    public static bool IsActive(KubernetesObject secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return secret.Label(Label) == ActiveValue;
    }
}
