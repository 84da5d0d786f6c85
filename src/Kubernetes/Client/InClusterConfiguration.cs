using SecretsOps.Kubernetes.Client.Credentials;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Reads a Pod's own way to the API server: its service account and two environment variables.</summary>
public static class InClusterConfiguration
{
    /// <summary>Where the kubelet mounts a service account.</summary>
    public const string DefaultDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The connection of this Pod, or null outside of one.</summary>
    /// <exception cref="KubeconfigException">This is a Pod, but its service account is not readable.</exception>
    public static ClusterConnection? TryLoad(KubeconfigOptions options)
    {
        var host = options.EnvironmentVariable("KUBERNETES_SERVICE_HOST");
        var port = options.EnvironmentVariable("KUBERNETES_SERVICE_PORT");
        var token = Path.Combine(options.ServiceAccountDirectory, "token");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists(token))
        {
            return null;
        }

        var name = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return new ClusterConnection
        {
            Server = new Uri($"https://{name}:{port}"),
            CertificateAuthorities = PemCertificates.ReadCertificates(Read(options, "ca.crt"), Path.Combine(options.ServiceAccountDirectory, "ca.crt")),
            Credentials = new TokenFile(token, options.TimeProvider),
            RequestTimeout = options.RequestTimeout,
            Namespace = ReadNamespace(options),
            UserAgent = options.UserAgent,
            TimeProvider = options.TimeProvider,
        };
    }

    private static string ReadNamespace(KubeconfigOptions options)
    {
        var path = Path.Combine(options.ServiceAccountDirectory, "namespace");
        var text = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        return text.Length > 0 ? text : "default";
    }

    private static byte[] Read(KubeconfigOptions options, string name)
    {
        var path = Path.Combine(options.ServiceAccountDirectory, name);
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{path}: cannot read the service account: {e.Message}", e);
        }
    }
}
