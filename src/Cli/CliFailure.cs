using SecretsOps.Cli.Kubeseal;
using SecretsOps.Cryptography.Age;
using SecretsOps.GitOps.Preview;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli;

/// <summary>Turns the failures of the libraries into what the user reads; what is not listed here is a defect and shows as one.</summary>
internal static class CliFailure
{
    /// <summary>The failure to report, or null for a defect.</summary>
    internal static CliException? From(Exception failure) => failure switch
    {
        CliException known => known,
        KubesealException or ManifestException or SealingCertificateException or SealingKeyException => new(failure.Message, cause: failure),
        SecretFormatException or SecretTemplateException or AgeException or MasterKeyException or PreviewException => new(failure.Message, cause: failure),
        KubeconfigException => new(failure.Message, "--kubeconfig and --context choose a cluster", cause: failure),
        ApiException { IsForbidden: true } => new(failure.Message, "your account lacks the permission; ask for it, or use key files", cause: failure),
        ApiException or HttpRequestException or FormatException => new(failure.Message, cause: failure),
        FileNotFoundException missing => new($"'{missing.FileName}' does not exist", cause: failure),
        IOException or UnauthorizedAccessException => new(failure.Message, cause: failure),
        OperationCanceledException => new("interrupted", cause: failure),
        _ => null,
    };
}
