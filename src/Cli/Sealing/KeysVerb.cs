using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.Cli.Kubeseal;
using SecretsOps.Cryptography.Age;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Sealing;

/// <summary>Works on the key Secrets of one controller with the user's own permission.</summary>
internal sealed class KeysVerb(ControllerAddress address, CliEnvironment environment)
{
    private const string RetiredValue = "retired";

    internal async Task<int> ListAsync(CancellationToken cancellationToken)
    {
        using var client = Connect();
        var secrets = await ReadKeysAsync(client, SealingKeySecret.Label, cancellationToken).ConfigureAwait(false);
        var dependants = await KeyDependants.CountAsync(client, cancellationToken).ConfigureAwait(false);
        foreach (var secret in secrets)
        {
            environment.Print($"{Describe(secret)}{dependants.Of(TryFingerprintOf(secret))}\n");
        }

        environment.PrintError(dependants.Note);
        return (int)CliExitCode.Success;
    }

    internal async Task<int> BackupAsync(IReadOnlyList<string> recipients, string output, CancellationToken cancellationToken)
    {
        var keys = recipients.Select(AgeRecipient.Parse).ToArray();
        using var client = Connect();
        var secrets = await ReadKeysAsync(client, SealingKeySecret.Label, cancellationToken).ConfigureAwait(false);
        var backup = KeyBackup.Encrypt(secrets, keys);
        if (output.Length == 0)
        {
            environment.Output.Write(backup);
        }
        else
        {
            AtomicFile.Write(environment.PathOf(output), backup);
        }

        environment.PrintError($"saved {secrets.Count} sealing key{(secrets.Count == 1 ? "" : "s")}\n");
        return (int)CliExitCode.Success;
    }

    internal async Task<int> RestoreAsync(string file, IReadOnlyList<string> identityFiles, bool isDryRun, CancellationToken cancellationToken)
    {
        var identities = identityFiles.SelectMany(path => AgeIdentities.Read(environment.PathOf(path))).ToArray();
        var secrets = KeyBackup.Read(File.ReadAllBytes(environment.PathOf(file)), file, identities);
        using var client = Connect();
        foreach (var secret in secrets)
        {
            environment.PrintError(await RestoreAsync(client, secret, isDryRun, cancellationToken).ConfigureAwait(false) + "\n");
        }

        return (int)CliExitCode.Success;
    }

    // A Secret of the same name may hold another key: both are needed, so ours gets a name of its own.
    private async Task<string> RestoreAsync(ApiClient client, KubernetesObject secret, bool isDryRun, CancellationToken cancellationToken)
    {
        secret.Namespace = address.Namespace;
        var fingerprint = FingerprintOf(secret);
        var wanted = secret.ToString();
        for (var number = 1; await client.TryGetAsync(ApiResource.Secrets, address.Namespace, secret.Name, cancellationToken).ConfigureAwait(false) is { } present; number++)
        {
            if (TryFingerprintOf(present) == fingerprint)
            {
                return $"is there already: {secret}";
            }

            secret.Name = $"{wanted[(wanted.LastIndexOf('/') + 1)..]}-restored{(number > 1 ? number : "")}";
        }

        if (!isDryRun)
        {
            await client.CreateAsync(ApiResource.Secrets, secret, WriteOptions.Default, cancellationToken).ConfigureAwait(false);
        }

        var note = secret.ToString() == wanted ? "" : $" ({wanted} holds another key)";
        return $"{(isDryRun ? "would create" : "created")}: {secret}{note}";
    }

    internal Task<int> ProtectAsync(IReadOnlyList<MasterKey> masterKeys, bool isDryRun, CancellationToken cancellationToken) =>
        UpdateAsync((secret, keyService) => ProtectedSealingKey.MigrateAsync(secret, masterKeys, keyService, cancellationToken), "protected", isDryRun, cancellationToken);

    internal Task<int> UnprotectAsync(bool isDryRun, CancellationToken cancellationToken) =>
        UpdateAsync((secret, keyService) => ProtectedSealingKey.RevertAsync(secret, keyService, cancellationToken), "stored in the clear", isDryRun, cancellationToken);

    internal async Task<int> RetireAsync(string key, bool isForced, CancellationToken cancellationToken)
    {
        using var client = Connect();
        var keys = await ReadKeysAsync(client, $"{SealingKeySecret.Label}={SealingKeySecret.ActiveValue}", cancellationToken).ConfigureAwait(false);
        var secret = keys.FirstOrDefault(candidate => candidate.Name == key || FingerprintOf(candidate) == key)
            ?? throw new CliException($"namespace '{address.Namespace}' holds no active sealing key '{key}'", "'secretsops keys list' shows them");
        var users = await UsersOfAsync(client, FingerprintOf(secret), cancellationToken).ConfigureAwait(false);
        if (users.Count > 0 && !isForced)
        {
            throw new CliException(
                $"{users.Count} SealedSecret{(users.Count == 1 ? "" : "s")} may still need {secret}: {string.Join(", ", users.Take(5))}{(users.Count > 5 ? ", …" : "")}",
                "run 'secretsops reseal' on their files and apply them first; --force retires the key all the same");
        }

        secret.SetLabel(SealingKeySecret.Label, RetiredValue);
        await client.UpdateAsync(ApiResource.Secrets, secret, WriteOptions.Default, cancellationToken).ConfigureAwait(false);
        environment.PrintError($"retired: {secret}; set its label {SealingKeySecret.Label} to {SealingKeySecret.ActiveValue} to take it back\n");
        return (int)CliExitCode.Success;
    }

    // An object that does not say what it was sealed with may need any key.
    private static async Task<List<string>> UsersOfAsync(ApiClient client, string fingerprint, CancellationToken cancellationToken)
    {
        var all = await client.ListAsync(ApiResource.SealedSecrets, "", ListOptions.All, cancellationToken).ConfigureAwait(false);
        return [.. all.Items.Select(item => new SealedSecret(item)).Where(item => item.KeyHints.Count == 0 || item.KeyHints.Contains(fingerprint)).Select(item => item.Object.NamespacedName.ToString())];
    }

    private async Task<int> UpdateAsync(Func<KubernetesObject, IKeyService, Task<KubernetesObject>> change, string done, bool isDryRun, CancellationToken cancellationToken)
    {
        var keyService = new LocalKeyService(KeyCredentials.FromEnvironment(new KeyEnvironment { Variable = environment.Variable }));
        using var client = Connect();
        foreach (var secret in await ReadKeysAsync(client, SealingKeySecret.Label, cancellationToken).ConfigureAwait(false))
        {
            var changed = await change(secret, keyService).ConfigureAwait(false);
            if (!isDryRun)
            {
                await client.UpdateAsync(ApiResource.Secrets, changed, WriteOptions.Default, cancellationToken).ConfigureAwait(false);
            }

            environment.PrintError($"{(isDryRun ? "would be " : "")}{done}: {secret}\n");
        }

        return (int)CliExitCode.Success;
    }

    private ApiClient Connect() => new(Kubeconfig.Load(address.Connection));

    private async Task<IReadOnlyList<KubernetesObject>> ReadKeysAsync(ApiClient client, string selector, CancellationToken cancellationToken)
    {
        var found = await client.ListAsync(ApiResource.Secrets, address.Namespace, new ListOptions { LabelSelector = selector }, cancellationToken).ConfigureAwait(false);
        return found.Items.Count > 0
            ? [.. found.Items.OrderBy(secret => secret.Name, StringComparer.Ordinal)]
            : throw new CliException($"namespace '{address.Namespace}' holds no sealing key", "name the controller's namespace with --controller-namespace");
    }

    private static string Describe(KubernetesObject secret)
    {
        try
        {
            var certificate = CertificateOf(secret);
            var storage = ProtectedSealingKey.IsProtected(secret) ? "wrapped" : "clear";
            return string.Create(CultureInfo.InvariantCulture, $"{secret.Name}  {certificate.Fingerprint}  {certificate.NotBefore:yyyy-MM-dd}..{certificate.NotAfter:yyyy-MM-dd}  {secret.Label(SealingKeySecret.Label)}  {storage}");
        }
        catch (Exception unusable) when (unusable is SealingKeyException or SealingCertificateException)
        {
            return $"{secret.Name}  unusable: {unusable.Message}";
        }
    }

    private static string? TryFingerprintOf(KubernetesObject secret)
    {
        try
        {
            return FingerprintOf(secret);
        }
        catch (Exception unusable) when (unusable is SealingKeyException or SealingCertificateException)
        {
            return null;
        }
    }

    private static string FingerprintOf(KubernetesObject secret) => CertificateOf(secret).Fingerprint;

    private static SealingCertificate CertificateOf(KubernetesObject secret) =>
        SealedBase64.TryDecode(System.Text.Encoding.UTF8.GetBytes((secret.Json["data"] as JsonObject)?[SealingKeySecret.CertificateEntry]?.ToString() ?? ""), out var pem, out _)
            ? SealingCertificate.Parse(pem)
            : throw new SealingKeyException($"{secret}: 'tls.crt' is not base64");
}
