namespace SecretsOps.SealedSecrets;

/// <summary>Whether a SealedSecret says which key it was sealed with.</summary>
public enum FingerprintNote
{
    /// <summary>It does not: the output is upstream's, byte for byte.</summary>
    Omit,

    /// <summary>It does, in the annotation <c>secretsops.io/sealed-with</c>.</summary>
    Record,
}
