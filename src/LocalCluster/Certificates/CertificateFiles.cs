using System.Text;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Certificates;

/// <summary>A certificate and its private key, each in PEM. Holds a key: never printed.</summary>
internal sealed class CertificateFiles(string certificatePem, string keyPem)
{
    internal string CertificatePem { get; } = certificatePem;

    internal string KeyPem { get; } = keyPem;

    internal static CertificateFiles OpenOrMake(string directory, string name, Func<CertificateFiles> make)
    {
        var (certificatePath, keyPath) = (Path.Combine(directory, name + ".crt"), Path.Combine(directory, name + ".key"));
        if (File.Exists(certificatePath) && File.Exists(keyPath))
        {
            return new(File.ReadAllText(certificatePath), File.ReadAllText(keyPath));
        }

        var made = make();
        OwnerOnlyFile.Write(keyPath, Encoding.ASCII.GetBytes(made.KeyPem));
        OwnerOnlyFile.Write(certificatePath, Encoding.ASCII.GetBytes(made.CertificatePem));
        return made;
    }
}
