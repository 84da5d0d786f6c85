using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace SecretsOps.Cryptography.OpenPgp;

/// <summary>Finds and unlocks the private key that a message names.</summary>
internal sealed class OpenPgpPrivateKeys(OpenPgpKeyRing keys, Func<string, SecretBytes?> askPassphrase)
{
    /// <summary>The unlocked key, or <c>null</c> when it is not in the ring.</summary>
    public PgpPrivateKey? For(long keyId) =>
        keys.SecretRings.SelectMany(ring => ring.GetSecretKeys()).FirstOrDefault(key => key.KeyId == keyId && !key.IsPrivateKeyEmpty) is { } secretKey
            ? Unlock(secretKey)
            : keys.FindPrivateKeyFile(keyId);

    private PgpPrivateKey Unlock(PgpSecretKey secretKey)
    {
        if (secretKey.KeyEncryptionAlgorithm == SymmetricKeyAlgorithmTag.Null)
        {
            return secretKey.ExtractPrivateKey(null);
        }

        var fingerprint = Convert.ToHexString(secretKey.PublicKey.GetFingerprint());
        using var passphrase = askPassphrase(fingerprint)
            ?? throw new OpenPgpException($"the private key {fingerprint} is protected by a passphrase and nobody can be asked for it");
        var characters = Encoding.UTF8.GetChars(passphrase.Span.ToArray());
        try
        {
            return secretKey.ExtractPrivateKeyUtf8(characters);
        }
        finally
        {
            Array.Clear(characters);
        }
    }
}
