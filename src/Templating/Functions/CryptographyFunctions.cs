using System.Security.Cryptography;
using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's keys, certificates and ciphers.</summary>
internal static class CryptographyFunctions
{
    // RFC 8410, section 7: PKCS#8 around a seed, and any 32 random bytes are a seed.
    private static readonly byte[] Ed25519Prefix = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

    internal static IEnumerable<TemplateFunction> All =>
    [
        OfText("genPrivateKey", GeneratePrivateKey),
        Function("encryptAES", [Text, Text], call => Encrypt(call.Text(0), call.Text(1))),
        Function("decryptAES", [Text, Text], call => Decrypt(call.Text(0), call.Text(1))),
        .. CertificateFunctions.All,
        .. PasswordFunctions.All,
    ];

    private static string GeneratePrivateKey(string type)
    {
        switch (type)
        {
            case "" or "rsa":
                using (var rsa = RSA.Create(4096))
                {
                    return rsa.ExportRSAPrivateKeyPem() + "\n";
                }

            case "ecdsa":
                using (var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                {
                    return curve.ExportECPrivateKeyPem() + "\n";
                }

            case "ed25519":
                return PemEncoding.WriteString("PRIVATE KEY", [.. Ed25519Prefix, .. RandomNumberGenerator.GetBytes(32)]) + "\n";

            case "dsa":
                throw new TemplateFunctionException("key type dsa is not supported by secretsops; use rsa, ecdsa or ed25519");
            default:
                return "Unknown type " + type;
        }
    }

    // Sprig: AES-256-CBC, the password cut or filled with zeros to 32 bytes, the random IV in front, base64
    private static string Encrypt(string password, string text)
    {
        using var aes = Cipher(password);
        var iv = RandomNumberGenerator.GetBytes(16);
#pragma warning disable CA5401 // the IV is random
        return Convert.ToBase64String([.. iv, .. aes.EncryptCbc(ByteText.ToBytes(text), iv)]);
#pragma warning restore CA5401
    }

    private static string Decrypt(string password, string encoded)
    {
        if (encoded.Length == 0)
        {
            return "";
        }

        try
        {
            var bytes = Convert.FromBase64String(encoded);
            using var aes = Cipher(password);
            return ByteText.FromBytes(aes.DecryptCbc(bytes.AsSpan(16), bytes.AsSpan(0, 16)));
        }
        catch (Exception e) when (e is FormatException or CryptographicException or ArgumentException)
        {
            throw new TemplateFunctionException("the text does not decrypt with this password", e);
        }
    }

    private static Aes Cipher(string password)
    {
        var aes = Aes.Create();
        var key = new byte[32];
        ByteText.ToBytes(password.Length > 32 ? password[..32] : password).CopyTo(key, 0);
        aes.Key = key;
        return aes;
    }
}
