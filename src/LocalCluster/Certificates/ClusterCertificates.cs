using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Certificates;

/// <summary>The cluster's own authority, the server's certificate and the administrator's, made at first start and kept under <c>pki/</c>.</summary>
internal sealed class ClusterCertificates : IDisposable
{
    private ClusterCertificates(CertificateFiles authority, CertificateFiles server, CertificateFiles administrator, ECDsa serviceAccountKey)
    {
        (Authority, Administrator, ServiceAccountKey) = (authority, administrator, serviceAccountKey);
        AuthorityCertificate = X509Certificate2.CreateFromPem(authority.CertificatePem);
        Server = X509Certificate2.CreateFromPem(server.CertificatePem, server.KeyPem);
    }

    internal CertificateFiles Authority { get; }

    internal CertificateFiles Administrator { get; }

    internal X509Certificate2 AuthorityCertificate { get; }

    internal X509Certificate2 Server { get; }

    /// <summary>Signs the tokens of service accounts.</summary>
    internal ECDsa ServiceAccountKey { get; }

    internal static ClusterCertificates Open(string directory, TimeProvider time)
    {
        Directory.CreateDirectory(directory);
        var authority = CertificateFiles.OpenOrMake(directory, "ca", () => CertificateIssuer.MakeAuthority(time));
        var server = CertificateFiles.OpenOrMake(directory, "apiserver", () => CertificateIssuer.IssueServer(authority));
        var administrator = CertificateFiles.OpenOrMake(directory, "admin", () => CertificateIssuer.IssueAdministrator(authority));
        return new ClusterCertificates(authority, server, administrator, OpenKey(Path.Combine(directory, "sa.key")));
    }

    public void Dispose()
    {
        AuthorityCertificate.Dispose();
        Server.Dispose();
        ServiceAccountKey.Dispose();
    }

    private static ECDsa OpenKey(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(path))
        {
            key.ImportFromPem(File.ReadAllText(path));
        }
        else
        {
            OwnerOnlyFile.Write(path, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        }

        return key;
    }
}
