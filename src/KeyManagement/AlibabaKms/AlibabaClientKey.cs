using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AlibabaKms;

/// <summary>The client key of a dedicated KMS instance: JSON with <c>KeyId</c> and a PKCS#12 in <c>PrivateKeyData</c>. Prints its id only.</summary>
internal sealed class AlibabaClientKey
{
    private readonly RSA _privateKey;

    private AlibabaClientKey(string keyId, RSA privateKey)
    {
        KeyId = keyId;
        _privateKey = privateKey;
    }

    public string KeyId { get; }

    /// <exception cref="KeyBackendException">The file is malformed or its password wrong.</exception>
    public static AlibabaClientKey Parse(string json, string password)
    {
        try
        {
            var file = JsonText.Parse(json);
            using var certificate = X509CertificateLoader.LoadPkcs12(JsonText.GetBase64(file, "PrivateKeyData"), password.Trim());
            return new(JsonText.Get(file, "KeyId"), certificate.GetRSAPrivateKey() ?? throw new CryptographicException("no RSA key"));
        }
        catch (Exception failure) when (failure is JsonException or CryptographicException)
        {
            throw new KeyBackendException("the client key of the KMS instance is malformed, or its password is wrong", "download both again from the instance's application access point", failure);
        }
    }

    public string Sign(ReadOnlySpan<byte> content) => Convert.ToBase64String(_privateKey.SignData(content, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public override string ToString() => KeyId;
}
