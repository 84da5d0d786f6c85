using System.Text;

namespace SecretsOps.SealedSecrets;

/// <summary>The OAEP label that binds a sealed value to where it may be opened (compatibility rows WF-6 to WF-8).</summary>
public static class EncryptionLabel
{
    /// <summary><c>namespace/name</c>, <c>namespace</c>, or nothing, in UTF-8.</summary>
    public static byte[] For(SealingScope scope, string @namespace, string name) => scope switch
    {
        SealingScope.ClusterWide => [],
        SealingScope.NamespaceWide => Encoding.UTF8.GetBytes(@namespace),
        _ => Encoding.UTF8.GetBytes($"{@namespace}/{name}"),
    };
}
