using SecretsOps.Cryptography;

namespace SecretsOps.SealedSecrets;

/// <summary>One opened value and the key that opened it.</summary>
public sealed record UnsealedItem(string Name, SecretBytes Value, string KeyFingerprint)
{
    /// <summary>Private key operations it took.</summary>
    public int KeysTried { get; init; } = 1;

    /// <summary>Name and size, never the value.</summary>
    public override string ToString() => $"{Name} {Value}";
}
