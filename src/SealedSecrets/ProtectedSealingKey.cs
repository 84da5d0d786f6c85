namespace SecretsOps.SealedSecrets;

/// <summary>A sealing key whose private half is stored wrapped by a master key.</summary>
public static class ProtectedSealingKey
{
    /// <summary>Whether a <c>tls.key</c> entry holds a wrapped key.</summary>
    public static bool IsProtected(ReadOnlySpan<byte> privateKeyEntry) => privateKeyEntry.IndexOf("\"secretsops.io/wrapped-key\""u8) >= 0;
}
