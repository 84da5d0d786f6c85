using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Security;

namespace SecretsOps.Cryptography.OpenPgp;

// An encrypted message (RFC 9580): for each recipient a public-key encrypted session key, then symmetrically encrypted and
// integrity protected data (AES-256, SHA-1 MDC: what GnuPG 2.2 reads and writes), in it one literal data packet.

/// <summary>Encrypts and decrypts small OpenPGP messages in this process.</summary>
public static class OpenPgpMessage
{
    private const int MaximumPlaintext = 1 << 16; // data keys have 32 or 33 bytes; a compressed bomb must not fill the memory

    /// <summary>Encrypts to one key of <paramref name="keys"/>; the answer is an armored message without the final newline.</summary>
    /// <exception cref="OpenPgpException">The key is not there or may not encrypt.</exception>
    public static string Encrypt(ReadOnlySpan<byte> plaintext, string fingerprint, OpenPgpKeyRing keys, DateTimeOffset now)
    {
        var literal = new MemoryStream();
        var literalWriter = new PgpLiteralDataGenerator();
        using (var writer = literalWriter.Open(literal, PgpLiteralData.Binary, "", plaintext.Length, now.UtcDateTime))
        {
            writer.Write(plaintext);
        }

        var encryptor = new PgpEncryptedDataGenerator(SymmetricKeyAlgorithmTag.Aes256, withIntegrityPacket: true, new SecureRandom());
        encryptor.AddMethod(keys.EncryptionKey(fingerprint, now));
        var binary = new MemoryStream();
        using (var writer = encryptor.Open(binary, literal.Length))
        {
            literal.WriteTo(writer);
        }

        System.Security.Cryptography.CryptographicOperations.ZeroMemory(literal.GetBuffer());
        return OpenPgpArmor.Encode(binary.ToArray());
    }

    /// <summary>Decrypts with whichever private key the message names.</summary>
    /// <param name="message">The message, armored or binary.</param>
    /// <param name="keys">The private keys.</param>
    /// <param name="askPassphrase">Gives the passphrase of the key with this fingerprint; <c>null</c> when it has none.</param>
    /// <exception cref="OpenPgpException">No key fits, a passphrase is missing or wrong, or the message was changed.</exception>
    public static SecretBytes Decrypt(ReadOnlySpan<byte> message, OpenPgpKeyRing keys, Func<string, SecretBytes?> askPassphrase)
    {
        var unlocked = new OpenPgpPrivateKeys(keys, askPassphrase);
        try
        {
            var list = ReadEncryptedData(message);
            foreach (var sessionKey in list.GetEncryptedDataObjects().OfType<PgpPublicKeyEncryptedData>())
            {
                if (unlocked.For(sessionKey.KeyId) is { } privateKey)
                {
                    return Decrypt(sessionKey, privateKey);
                }
            }

            var ids = list.GetEncryptedDataObjects().OfType<PgpPublicKeyEncryptedData>().Select(key => $"{key.KeyId:X16}");
            throw new OpenPgpException($"no private key for {string.Join(", ", ids)} is at hand");
        }
        catch (Exception failure) when (BouncyCastleFailure.IsRefusal(failure))
        {
            throw new OpenPgpException("the OpenPGP message is malformed, was changed, or the private key's passphrase is wrong", failure);
        }
    }

    private static PgpEncryptedDataList ReadEncryptedData(ReadOnlySpan<byte> message)
    {
        using var decoder = PgpUtilities.GetDecoderStream(new MemoryStream(message.ToArray()));
        var factory = new PgpObjectFactory(decoder);
        for (var item = factory.NextPgpObject(); item is not null; item = factory.NextPgpObject())
        {
            if (item is PgpEncryptedDataList list)
            {
                return list;
            }
        }

        throw new OpenPgpException("the text is not an encrypted OpenPGP message");
    }

    private static SecretBytes Decrypt(PgpPublicKeyEncryptedData sessionKey, PgpPrivateKey privateKey)
    {
        if (!sessionKey.IsIntegrityProtected())
        {
            throw new OpenPgpException("the OpenPGP message is not protected against changes");
        }

        using var clear = sessionKey.GetDataStream(privateKey);
        var factory = new PgpObjectFactory(clear);
        var item = factory.NextPgpObject();
        if (item is PgpCompressedData compressed)
        {
            item = new PgpObjectFactory(compressed.GetDataStream()).NextPgpObject();
        }

        if (item is not PgpLiteralData literal)
        {
            throw new OpenPgpException("the OpenPGP message holds no data");
        }

        var plaintext = ReadBounded(literal.GetInputStream());
        clear.CopyTo(Stream.Null); // the integrity code comes last
        if (sessionKey.Verify())
        {
            return plaintext;
        }

        plaintext.Dispose();
        throw new OpenPgpException("the OpenPGP message was changed after encryption");
    }

    private static SecretBytes ReadBounded(Stream stream)
    {
        using var buffer = new SecretBytes(MaximumPlaintext + 1);
        var length = stream.ReadAtLeast(buffer.Span, buffer.Length, throwOnEndOfStream: false);
        return length <= MaximumPlaintext
            ? new SecretBytes(buffer.Span[..length])
            : throw new OpenPgpException($"the OpenPGP message holds more than {MaximumPlaintext} bytes");
    }
}
