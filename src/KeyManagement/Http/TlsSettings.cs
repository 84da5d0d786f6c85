using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SecretsOps.KeyManagement.Http;

/// <summary>Whom to trust and what to show in TLS, where a service has a CA of its own.</summary>
internal sealed record TlsSettings
{
    /// <summary>PEM certificates to trust instead of the system's.</summary>
    public IReadOnlyList<string> AuthoritiesPem { get; init; } = [];

    /// <summary>Whether any certificate is taken.</summary>
    public bool IsVerificationSkipped { get; init; }

    /// <summary>PEM certificate and key to show.</summary>
    public (string Certificate, string Key)? Client { get; init; }

    /// <summary>The name expected in the certificate, where it is not the host's.</summary>
    public string? ServerName { get; init; }

    /// <summary>A handler with these settings.</summary>
    /// <exception cref="KeyBackendException">A certificate cannot be read.</exception>
    public SocketsHttpHandler ToHandler()
    {
        var ssl = new SslClientAuthenticationOptions { TargetHost = ServerName };
        try
        {
            if (AuthoritiesPem.Count > 0)
            {
                ssl.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                foreach (var pem in AuthoritiesPem)
                {
                    ssl.CertificateChainPolicy.CustomTrustStore.ImportFromPem(pem);
                }
            }

            if (Client is { } client)
            {
                ssl.ClientCertificates = [X509Certificate2.CreateFromPem(client.Certificate, client.Key)];
            }
        }
        catch (CryptographicException failure)
        {
            throw new KeyBackendException("a certificate in the TLS settings cannot be read", "check that it is PEM", failure);
        }

        if (IsVerificationSkipped)
        {
#pragma warning disable CA5359 // the user asked for it by VAULT_SKIP_VERIFY or its like
            ssl.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            SslOptions = ssl,
        };
    }
}
