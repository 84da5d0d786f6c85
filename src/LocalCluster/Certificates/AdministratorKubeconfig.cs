using System.Text;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Certificates;

/// <summary>The kubeconfig that <c>kubectl</c> is pointed at: the administrator's, everything inside the file.</summary>
internal static class AdministratorKubeconfig
{
    internal static string Write(string path, Uri server, ClusterCertificates certificates)
    {
        var text = $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: secretsops
              cluster:
                server: {server.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {Base64(certificates.Authority.CertificatePem)}
            users:
            - name: secretsops-admin
              user:
                client-certificate-data: {Base64(certificates.Administrator.CertificatePem)}
                client-key-data: {Base64(certificates.Administrator.KeyPem)}
            contexts:
            - name: secretsops
              context:
                cluster: secretsops
                user: secretsops-admin
            current-context: secretsops

            """;
        OwnerOnlyFile.Write(path, Encoding.UTF8.GetBytes(text));
        return text;
    }

    private static string Base64(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
}
