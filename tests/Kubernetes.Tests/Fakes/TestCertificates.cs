using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SecretsOps.Kubernetes.Tests.Fakes;

/// <summary>A certificate authority with a server and a client certificate, made anew for each test class.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly RSA _authorityKey = RSA.Create(2048);

    public TestCertificates()
    {
        var request = Request("CN=test authority", _authorityKey);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    public X509Certificate2 Authority { get; }

    public X509Certificate2 Server(params string[] names)
    {
        using var key = RSA.Create(2048);
        var request = Request("CN=server", key);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        return Sign(request).CopyWithPrivateKey(key);
    }

    public (string CertificatePem, string KeyPem) Client(string name, AsymmetricAlgorithm key, string keyPem)
    {
        var request = key is ECDsa curve
            ? new CertificateRequest($"CN={name}", curve, HashAlgorithmName.SHA256)
            : Request($"CN={name}", (RSA)key);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        return (Sign(request).ExportCertificatePem(), keyPem);
    }

    public void Dispose() => _authorityKey.Dispose();

    private X509Certificate2 Sign(CertificateRequest request) => request.Create(
        Authority.SubjectName,
        X509SignatureGenerator.CreateForRSA(_authorityKey, RSASignaturePadding.Pkcs1),
        DateTimeOffset.UtcNow.AddDays(-1),
        DateTimeOffset.UtcNow.AddDays(1),
        RandomNumberGenerator.GetBytes(8));

    private static CertificateRequest Request(string subject, RSA key) =>
        new(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
