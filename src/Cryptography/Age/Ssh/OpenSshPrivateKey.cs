using System.Numerics;
using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Age.Ssh;

// openssh-key-v1 (OpenSSH PROTOCOL.key):
//   "openssh-key-v1" NUL, cipher, kdf, kdf options, uint32 number of keys, public key..., private section
//   private section, perhaps encrypted: uint32 check twice, then for each key its fields and a comment, padding 1 2 3 ...

/// <summary>OpenSSH's own private key format.</summary>
internal static class OpenSshPrivateKey
{
    private static ReadOnlySpan<byte> Magic => "openssh-key-v1\0"u8;

    public static AgeIdentity Parse(ReadOnlySpan<byte> content, Func<SecretBytes?> askPassphrase)
    {
        if (!content.StartsWith(Magic))
        {
            throw Malformed("its first bytes are not 'openssh-key-v1'");
        }

        var reader = new SshReader(content[Magic.Length..]);
        var protection = new OpenSshProtection(reader.ReadText(), reader.ReadText(), reader.ReadBytes().ToArray());
        if (reader.ReadUInt32() != 1)
        {
            throw Malformed("it does not hold exactly one key");
        }

        var publicKey = SshPublicKey.Parse(reader.ReadBytes());
        var section = reader.ReadBytes().ToArray();
        return protection.IsEncrypted
            ? new LockedSshIdentity(publicKey, () => Unlock(section, publicKey, protection, askPassphrase))
            : ReadSection(section, publicKey);
    }

    private static AgeIdentity? Unlock(byte[] section, SshPublicKey publicKey, OpenSshProtection protection, Func<SecretBytes?> askPassphrase)
    {
        using var passphrase = askPassphrase();
        if (passphrase is null)
        {
            return null;
        }

        using var clear = protection.Decrypt(section, passphrase);
        return ReadSection(clear.Span, publicKey);
    }

    private static AgeIdentity ReadSection(ReadOnlySpan<byte> section, SshPublicKey publicKey)
    {
        var reader = new SshReader(section);
        if (reader.ReadUInt32() != reader.ReadUInt32())
        {
            throw new AgeException(AgeFailure.Header, "the passphrase of the SSH key is wrong");
        }

        if (reader.ReadText() != publicKey.Type)
        {
            throw Malformed("its two parts are of different types");
        }

        if (publicKey.Type == SshPublicKey.Ed25519)
        {
            reader.ReadBytes(); // the public key once more
            var keyPair = reader.ReadBytes();
            return keyPair.Length == 64 ? SshEd25519Identity.FromSeed(keyPair[..32], publicKey) : throw Malformed("its private part is not 64 bytes long");
        }

        return new SshRsaIdentity(ReadRsa(ref reader));
    }

    private static RSAParameters ReadRsa(ref SshReader reader)
    {
        var n = reader.ReadInteger().ToArray();
        var e = reader.ReadInteger().ToArray();
        var d = reader.ReadInteger();
        var inverseQ = reader.ReadInteger();
        var p = reader.ReadInteger();
        var q = reader.ReadInteger();
        var exponent = Number(d);
        return new RSAParameters
        {
            Modulus = n,
            Exponent = e,
            D = d.ToArray(),
            P = p.ToArray(),
            Q = q.ToArray(),
            DP = (exponent % (Number(p) - 1)).ToByteArray(isUnsigned: true, isBigEndian: true),
            DQ = (exponent % (Number(q) - 1)).ToByteArray(isUnsigned: true, isBigEndian: true),
            InverseQ = inverseQ.ToArray(),
        };
    }

    private static BigInteger Number(ReadOnlySpan<byte> value) =>
        value.IsEmpty ? throw Malformed("a number in it is zero") : new(value, isUnsigned: true, isBigEndian: true);

    private static AgeException Malformed(string reason) => new(AgeFailure.Header, $"malformed SSH key: {reason}");
}
