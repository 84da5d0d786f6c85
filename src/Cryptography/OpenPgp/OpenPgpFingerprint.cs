using Org.BouncyCastle.Bcpg.OpenPgp;

namespace SecretsOps.Cryptography.OpenPgp;

/// <summary>A fingerprint or key id as the user wrote it: spaces and an <c>0x</c> taken away, a trailing <c>!</c> kept apart.</summary>
internal sealed record OpenPgpFingerprint(string Hex, bool IsExact)
{
    public static OpenPgpFingerprint Parse(string text)
    {
        var compact = text.Replace(" ", "", StringComparison.Ordinal);
        var hex = compact.TrimEnd('!').ToUpperInvariant();
        return new(hex.StartsWith("0X", StringComparison.Ordinal) ? hex[2..] : hex, compact.EndsWith('!'));
    }

    /// <summary>Whether the key has this fingerprint, or one that ends in this key id.</summary>
    public bool Matches(PgpPublicKey key) =>
        Hex.Length >= 16 && Convert.ToHexString(key.GetFingerprint()).EndsWith(Hex, StringComparison.Ordinal);
}
