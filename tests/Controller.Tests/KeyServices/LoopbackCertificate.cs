using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.KeyServices;

/// <summary>A self-signed certificate for 127.0.0.1 with its key, in two PEM files.</summary>
internal sealed record LoopbackCertificate(string CertificatePath, string KeyPath)
{
    public static LoopbackCertificate Write(TemporaryDirectory directory, string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return new(directory.Write($"{name}.pem", certificate.ExportCertificatePem()), directory.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()));
    }
}
