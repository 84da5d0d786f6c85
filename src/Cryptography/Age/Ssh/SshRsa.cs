using System.Security.Cryptography;
using SecretsOps.Cryptography.Hybrid;

namespace SecretsOps.Cryptography.Age.Ssh;

// -> ssh-rsa TAG
// body: RSA-OAEP(SHA-256, MGF1-SHA-256, label "age-encryption.org/v1/ssh-rsa") of the file key

/// <summary>RSA-OAEP with age's label.</summary>
internal static class SshRsa
{
    private static ReadOnlySpan<byte> Label => "age-encryption.org/v1/ssh-rsa"u8;

    public static byte[] Encrypt(RSAParameters key, ReadOnlySpan<byte> fileKey)
    {
        using var oaep = new GrowingOaepPublicKey(key.Modulus!, key.Exponent!);
        var body = new byte[key.Modulus!.Length];
        oaep.Encrypt(fileKey, Label, body);
        return body;
    }

    public static SecretBytes? TryDecrypt(RSAParameters key, ReadOnlySpan<byte> body)
    {
        using IOaepPrivateKey oaep = Libcrypto.IsAvailable ? LibcryptoOaepKey.FromPrivate(key) : BouncyCastleOaepPrivateKey.FromPrivate(key);
        var fileKey = new SecretBytes(AgeHeader.FileKeySize);
        if (oaep.Decrypt(body, Label, fileKey.Span) == fileKey.Length)
        {
            return fileKey;
        }

        fileKey.Dispose();
        return null;
    }
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
