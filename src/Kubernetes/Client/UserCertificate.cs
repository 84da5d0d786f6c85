using System.Security.Cryptography.X509Certificates;

namespace SecretsOps.Kubernetes.Client;

/// <summary>Reads a kubeconfig user's client certificate.</summary>
internal static class UserCertificate
{
    internal static X509Certificate2Collection? Load(KubeconfigOptions options, ConfigEntry user)
    {
        var certificate = Entry(user, "client-certificate", options.ClientCertificate);
        var key = Entry(user, "client-key", options.ClientKey);
        var certificatePem = certificate.DataOrFile("client-certificate");
        var keyPem = key.DataOrFile("client-key");
        if (certificatePem is null && keyPem is null)
        {
            return null;
        }

        if (certificatePem is null || keyPem is null)
        {
            var missing = certificatePem is null ? "client-certificate" : "client-key";
            throw new KubeconfigException($"{user.Place}: '{missing}' is missing; a client certificate needs its key and the key its certificate");
        }

        return PemCertificates.ReadWithKey(
            certificatePem, certificate.SourceOf("client-certificate"), keyPem, key.SourceOf("client-key"));
    }

    private static ConfigEntry Entry(ConfigEntry user, string name, string file) =>
        file.Length > 0 ? ConfigEntry.Empty("user") with { Json = new() { [name] = file } } : user;
}
