using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Reads certificates and private keys from PEM.</summary>
internal static class PemCertificates
{
    internal static X509Certificate2Collection ReadCertificates(byte[] pem, string source)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(pem));
        }
        catch (CryptographicException e)
        {
            throw new KubeconfigException($"{source}: cannot read the certificates: {e.Message}", e);
        }

        return certificates.Count > 0 ? certificates : throw new KubeconfigException($"{source}: no PEM certificate found");
    }

    /// <summary>The first certificate with its key, then the rest of the chain.</summary>
    internal static X509Certificate2Collection ReadWithKey(byte[] certificatePem, string certificateSource, byte[] keyPem, string keySource)
    {
        var chain = ReadCertificates(certificatePem, certificateSource);
        var key = Encoding.UTF8.GetString(keyPem);
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new KubeconfigException($"{keySource}: the private key is encrypted; decrypt it, as kubectl cannot use it either");
        }

        try
        {
            var withKey = Attach(chain[0], key);
            chain[0].Dispose();
            chain[0] = withKey;
            return chain;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new KubeconfigException($"{keySource}: the private key does not fit the certificate in {certificateSource}: {e.Message}", e);
        }
    }

    private static X509Certificate2 Attach(X509Certificate2 certificate, string keyPem)
    {
        using var ephemeral = X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), KeyBlock(keyPem));
        if (!OperatingSystem.IsWindows())
        {
            return new X509Certificate2(ephemeral);
        }

        // Windows's TLS cannot use a key that lives in memory only.
        return X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), password: null);
    }

    // openssl ecparam writes the curve in a block of its own before the key
    private static string KeyBlock(string pem)
    {
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label].EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            {
                return rest[fields.Location].ToString();
            }

            rest = rest[fields.Location.End..];
        }

        throw new ArgumentException("no PEM private key found");
    }
}
