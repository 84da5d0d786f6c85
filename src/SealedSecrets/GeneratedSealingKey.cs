using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SecretsOps.Cryptography;

namespace SecretsOps.SealedSecrets;

/// <summary>A new sealing key as PEM, made as upstream's controller makes it (reference section 1.4).</summary>
public sealed class GeneratedSealingKey : IDisposable
{
    private GeneratedSealingKey(byte[] certificatePem, SecretBytes privateKeyPem)
    {
        CertificatePem = certificatePem;
        PrivateKeyPem = privateKeyPem;
    }

    /// <summary>The self-signed certificate.</summary>
    public ReadOnlyMemory<byte> CertificatePem { get; }

    /// <summary>The PKCS#1 private key.</summary>
    public SecretBytes PrivateKeyPem { get; }

    /// <summary>Makes a key; RSA-4096 takes seconds of processor time.</summary>
    public static GeneratedSealingKey Create(SealingKeyRequest request, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(time);
        using var rsa = RSA.Create(request.KeySize);
        var certificate = SelfSign(rsa, request, time.GetUtcNow());
        var pem = rsa.ExportRSAPrivateKeyPem();
        var bytes = new SecretBytes(pem.Length + 1);
        Encoding.ASCII.GetBytes(pem, bytes.Span);
        bytes.Span[^1] = (byte)'\n';
        return new(Encoding.ASCII.GetBytes(certificate + "\n"), bytes);
    }

    /// <summary>Wipes the private key.</summary>
    public void Dispose() => PrivateKeyPem.Dispose();

    private static string SelfSign(RSA rsa, SealingKeyRequest request, DateTimeOffset now)
    {
        var subject = new X500DistinguishedName(request.CommonName.Length == 0 ? "" : $"CN=\"{request.CommonName.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        var certificate = new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        certificate.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.EncipherOnly, critical: true));
        certificate.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        certificate.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(certificate.PublicKey, critical: false));
        var serial = RandomNumberGenerator.GetBytes(16); // 128 bits
        serial[0] &= 0x7F;
        using var signed = certificate.Create(subject, X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1), now, now + request.Validity, serial);
        return signed.ExportCertificatePem();
    }
}
