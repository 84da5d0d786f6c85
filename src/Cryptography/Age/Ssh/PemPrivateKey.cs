using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.OpenSsl;
using Org.BouncyCastle.Security;

namespace SecretsOps.Cryptography.Age.Ssh;

/// <summary>PEM private keys: PKCS#1 and PKCS#8, in clear or encrypted.</summary>
internal static class PemPrivateKey
{
    public static AgeIdentity Parse(string pem, Func<SecretBytes?> askPassphrase)
    {
        var isEncrypted = pem.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
            || pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal);
        return isEncrypted ? new LockedSshIdentity(publicKey: null, () => Unlock(pem, askPassphrase)) : Read(pem, null);
    }

    private static AgeIdentity? Unlock(string pem, Func<SecretBytes?> askPassphrase)
    {
        using var passphrase = askPassphrase();
        return passphrase is null ? null : Read(pem, passphrase);
    }

    private static AgeIdentity Read(string pem, SecretBytes? passphrase)
    {
        try
        {
            using var reader = new PemReader(new StringReader(pem), new Password(passphrase));
            var content = reader.ReadObject();
            return ToIdentity(content is AsymmetricCipherKeyPair pair ? pair.Private : content as AsymmetricKeyParameter);
        }
        catch (Exception failure) when (failure is PemException or IOException or CryptoException or ArgumentException or GeneralSecurityException or InvalidCastException)
        {
            // The library's own text may quote the input.
            throw new AgeException(AgeFailure.Header, passphrase is null ? "malformed PEM private key" : "the passphrase of the PEM private key is wrong, or the key is malformed", failure);
        }
    }

    private static AgeIdentity ToIdentity(AsymmetricKeyParameter? key) => key switch
    {
        RsaPrivateCrtKeyParameters rsa => new SshRsaIdentity(DotNetRsa(rsa)),
        Ed25519PrivateKeyParameters ed25519 => SshEd25519Identity.FromSeed(ed25519.GetEncoded(), SshPublicKey.ForEd25519(ed25519.GeneratePublicKey().GetEncoded())),
        _ => throw new AgeException(AgeFailure.Header, "the PEM private key is of another type: age takes Ed25519 and RSA"),
    };

    private static RSAParameters DotNetRsa(RsaPrivateCrtKeyParameters key) => new()
    {
        Modulus = key.Modulus.ToByteArrayUnsigned(),
        Exponent = key.PublicExponent.ToByteArrayUnsigned(),
        D = key.Exponent.ToByteArrayUnsigned(),
        P = key.P.ToByteArrayUnsigned(),
        Q = key.Q.ToByteArrayUnsigned(),
        DP = key.DP.ToByteArrayUnsigned(),
        DQ = key.DQ.ToByteArrayUnsigned(),
        InverseQ = key.QInv.ToByteArrayUnsigned(),
    };

    private sealed class Password(SecretBytes? passphrase) : IPasswordFinder
    {
        public char[] GetPassword() => passphrase is null ? [] : Encoding.UTF8.GetChars(passphrase.Span.ToArray());
    }
}
