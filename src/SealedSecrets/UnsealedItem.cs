using SecretsOps.Cryptography;

namespace SecretsOps.SealedSecrets;

/// <summary>One opened value and the key that opened it.</summary>
public sealed record UnsealedItem(string Name, SecretBytes Value, string KeyFingerprint)
{
    /// <summary>Name and size, never the value.</summary>
    public override string ToString() => $"{Name} {Value}";
}
