using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Builds the HTTP handler of a connection: TLS, proxy, compression and keep-alive.</summary>
internal static class ConnectionHandler
{
    internal static SocketsHttpHandler Create(ClusterConnection connection, RepeatedHeaders? repeated = null)
    {
        var isLoopback = connection.Server.IsLoopback;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            EnableMultipleHttp2Connections = true, // watches hold streams; a full connection must not stall writes
            KeepAlivePingDelay = TimeSpan.FromSeconds(30), // a silent watch on a dead connection ends within 45 s
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            AutomaticDecompression = isLoopback || connection.DisableCompression
                ? DecompressionMethods.None
                : DecompressionMethods.GZip,
            UseProxy = connection.Proxy is not null || !isLoopback,
            SslOptions = TlsOptions(connection),
        };

        if (repeated is { IsEmpty: false })
        {
            handler.PlaintextStreamFilter = (context, _) => ValueTask.FromResult(repeated.Filter(context.PlaintextStream));
        }

        if (connection.Proxy is not null)
        {
            handler.Proxy = ProxyFor(connection.Proxy);
        }

        return handler;
    }

    private static WebProxy ProxyFor(Uri address)
    {
        var proxy = new WebProxy(address);
        var separator = address.UserInfo.IndexOf(':', StringComparison.Ordinal);
        if (separator >= 0)
        {
            proxy.Credentials = new NetworkCredential(
                Uri.UnescapeDataString(address.UserInfo[..separator]),
                Uri.UnescapeDataString(address.UserInfo[(separator + 1)..]));
        }

        return proxy;
    }

    private static SslClientAuthenticationOptions TlsOptions(ClusterConnection connection)
    {
        var options = new SslClientAuthenticationOptions();
        if (connection.ClientCertificates is { Count: > 0 } chain)
        {
            var intermediates = new X509Certificate2Collection(chain.Skip(1).ToArray());
            options.ClientCertificateContext = SslStreamCertificateContext.Create(chain[0], intermediates, offline: true);
        }
        else if (connection.Credentials is { } credentials)
        {
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => credentials.ClientCertificate!;
        }

        if (connection.InsecureSkipTlsVerify)
        {
#pragma warning disable CA5359 // the user asked for it by insecure-skip-tls-verify
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (connection.CertificateAuthorities is { } authorities)
        {
            options.CertificateChainPolicy = TrustOnly(authorities);
            options.RemoteCertificateValidationCallback = (_, _, built, errors) => IsTrusted(built, errors, authorities);
        }

        return options;
    }

    private static X509ChainPolicy TrustOnly(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    // Kubernetes accepts an intermediate as trust anchor (Go does); .NET calls that a partial chain.
    private static bool IsTrusted(X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        return errors == SslPolicyErrors.RemoteCertificateChainErrors
            && chain is { ChainElements.Count: > 0 }
            && chain.ChainStatus.All(status => status.Status == X509ChainStatusFlags.PartialChain)
            && authorities.Any(authority => authority.RawDataMemory.Span.SequenceEqual(chain.ChainElements[^1].Certificate.RawDataMemory.Span));
    }
}
