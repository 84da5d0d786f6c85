using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace SecretsOps.Cryptography.Age.Ssh;

// -> ssh-rsa TAG
// body: RSA-OAEP(SHA-256, MGF1-SHA-256, label "age-encryption.org/v1/ssh-rsa") of the file key
// .NET's RSA has no label, hence BouncyCastle.

/// <summary>RSA-OAEP with age's label.</summary>
internal static class SshRsa
{
    private static ReadOnlySpan<byte> Label => "age-encryption.org/v1/ssh-rsa"u8;

    public static byte[] Encrypt(RSAParameters key, ReadOnlySpan<byte> fileKey)
    {
        var oaep = Oaep();
        var publicKey = new RsaKeyParameters(false, Integer(key.Modulus), Integer(key.Exponent));
        oaep.Init(true, new ParametersWithRandom(publicKey, new SecureRandom()));
        return oaep.ProcessBlock(fileKey.ToArray(), 0, fileKey.Length);
    }

    public static SecretBytes? TryDecrypt(RSAParameters key, ReadOnlySpan<byte> body)
    {
        var oaep = Oaep();
        oaep.Init(false, new RsaPrivateCrtKeyParameters(
            Integer(key.Modulus), Integer(key.Exponent), Integer(key.D), Integer(key.P), Integer(key.Q), Integer(key.DP), Integer(key.DQ), Integer(key.InverseQ)));
        try
        {
            var fileKey = oaep.ProcessBlock(body.ToArray(), 0, body.Length);
            return fileKey.Length == AgeHeader.FileKeySize ? new SecretBytes(fileKey) : null;
        }
        catch (CryptoException)
        {
            return null;
        }
    }

    private static OaepEncoding Oaep() => new(new RsaBlindedEngine(), new Sha256Digest(), new Sha256Digest(), Label.ToArray());

    private static BigInteger Integer(byte[]? value) => new(1, value);
}

/// <summary>An SSH RSA public key as recipient.</summary>
internal sealed class SshRsaRecipient(SshPublicKey key) : AgeRecipient
{
    private readonly RSAParameters _parameters = key.RsaParameters();

    public override IReadOnlyList<Stanza> Wrap(ReadOnlySpan<byte> fileKey) =>
        [new Stanza(SshPublicKey.Rsa, [key.Tag], SshRsa.Encrypt(_parameters, fileKey))];
}

/// <summary>An SSH RSA private key.</summary>
internal sealed class SshRsaIdentity(RSAParameters key) : AgeIdentity
{
    private readonly string _tag = SshPublicKey.ForRsa(key).Tag;

    public override SecretBytes? TryUnwrap(IReadOnlyList<Stanza> stanzas)
    {
        foreach (var stanza in stanzas)
        {
            if (stanza.Type != SshPublicKey.Rsa)
            {
                continue;
            }

            if (stanza.Arguments is not [var tag])
            {
                throw AgeHeader.Malformed("invalid ssh-rsa recipient block");
            }

            if (tag == _tag && stanza.Body.Length == key.Modulus!.Length && SshRsa.TryDecrypt(key, stanza.Body.Span) is { } fileKey)
            {
                return fileKey;
            }
        }

        return null;
    }
}
