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
        KubesealException refused => new(refused.Message.Split('\n')[0].TrimEnd('.'), HintFor(refused.Message), cause: failure),
        ManifestException or SealingCertificateException or SealingKeyException => new(failure.Message, cause: failure),
        SecretFormatException or SecretTemplateException or AgeException or MasterKeyException or PreviewException => new(failure.Message, cause: failure),
        KubeconfigException => new(failure.Message, "--kubeconfig and --context choose a cluster", cause: failure),
        ApiException { IsForbidden: true } => new(failure.Message, "your account lacks the permission; ask for it, or use key files", cause: failure),
        ApiException or HttpRequestException or FormatException => new(failure.Message, cause: failure),
        FileNotFoundException missing => new($"'{missing.FileName}' does not exist", cause: failure),
        IOException or UnauthorizedAccessException => new(failure.Message, cause: failure),
        OperationCanceledException => new("interrupted", cause: failure),
        _ => null,
    };

    // kubeseal's sentences, which say what is wrong; what to do is ours.
    private static string? HintFor(string message) => message switch
    {
        _ when message.StartsWith("cannot get sealed secret service", StringComparison.Ordinal) => "--controller-namespace and --controller-name say where the controller is; --cert FILE seals without a cluster",
        _ when message.StartsWith("no key could decrypt secret", StringComparison.Ordinal) => "the name or namespace may have changed since sealing, or the key is not among those given",
        _ when message.StartsWith("unable to decrypt sealed secret", StringComparison.Ordinal) => "'secretsops lint' tells whether name, namespace or scope changed after sealing",
        _ when message.StartsWith("must provide the --name", StringComparison.Ordinal) => "a strict value is bound to its name; --scope namespace-wide needs none",
        _ when message.StartsWith("secret.data is empty", StringComparison.Ordinal) => "is this the right file, and is its kind Secret?",
        _ when message.StartsWith("failed to encrypt using an expired", StringComparison.Ordinal) => "fetch the controller's newest certificate: 'secretsops cert --pem'",
        _ => null,
    };
}
