using Org.BouncyCastle.Bcpg.OpenPgp;

namespace SecretsOps.Cryptography.OpenPgp;

/// <summary>Whether a key may be encrypted to.</summary>
internal static class OpenPgpKeyUse
{
    // RFC 9580, 5.2.3.29: 0x04 encrypt communications, 0x08 encrypt storage.
    private const int EncryptFlags = 0x04 | 0x08;

    public static bool MayEncrypt(PgpPublicKey key, DateTimeOffset now)
    {
        var validSeconds = key.GetValidSeconds();
        var isExpired = validSeconds > 0 && key.CreationTime.AddSeconds(validSeconds) <= now.UtcDateTime;
        return key.IsEncryptionKey && !isExpired && !key.HasRevocation() && AllowsEncryption(key);
    }

    // A key without flags, as GnuPG 1 made them, may do whatever its algorithm can.
    private static bool AllowsEncryption(PgpPublicKey key)
    {
        var flags = key.GetSignatures()
            .Select(signature => signature.GetHashedSubPackets()?.GetKeyFlags() ?? 0)
            .Where(value => value != 0)
            .ToList();
        return flags.Count == 0 || flags.Any(value => (value & EncryptFlags) != 0);
    }
}
