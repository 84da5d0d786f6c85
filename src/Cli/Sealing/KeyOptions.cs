using System.CommandLine;
using SecretsOps.Cli.Kubeseal;
using SecretsOps.Cryptography.Age;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Sealing;

/// <summary>Where private keys come from: files, an age-encrypted backup, or the cluster's key Secrets with the user's own permission.</summary>
internal sealed class KeyOptions(ConnectionOptions connection)
{
    private readonly Option<string[]> _keys = new("--key", "-k")
    {
        Description = "Private keys: PEM, key Secret, List, or a backup encrypted with age; repeatable (default: read the key Secrets of the cluster)",
        HelpName = "file",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _identities = new("--identity", "-i")
    {
        Description = "age identity file that opens an encrypted backup given with --key; repeatable",
        HelpName = "file",
        DefaultValueFactory = _ => [],
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_keys);
        command.Options.Add(_identities);
    }

    /// <summary>Whether the user named key files.</summary>
    internal bool IsGiven(ParseResult parsed) => parsed.GetRequiredValue(_keys).Length > 0;

    /// <summary>The ring of all keys found.</summary>
    internal async Task<KeyRing> LoadAsync(ParseResult parsed, CliEnvironment environment, CancellationToken cancellationToken)
    {
        if (!IsGiven(parsed))
        {
            return await ReadClusterAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
        }

        return RecoveryKeys.Read(parsed.GetRequiredValue(_keys), path => ReadKeyFile(path, parsed, environment));
    }

    /// <summary>The identities that open backups.</summary>
    internal IReadOnlyList<AgeIdentity> Identities(ParseResult parsed, CliEnvironment environment) =>
        [.. parsed.GetRequiredValue(_identities).SelectMany(path => AgeIdentities.Read(environment.PathOf(path)))];

    private byte[] ReadKeyFile(string path, ParseResult parsed, CliEnvironment environment)
    {
        var bytes = File.ReadAllBytes(environment.PathOf(path));
        if (!AgeIdentities.IsAgeFile(bytes))
        {
            return bytes;
        }

        var identities = Identities(parsed, environment);
        if (identities.Count == 0)
        {
            throw new CliException($"'{path}' is encrypted with age", "name the identity file with --identity");
        }

        using var clear = AgeFile.Decrypt(bytes, identities);
        return clear.Span.ToArray();
    }

    private async Task<KeyRing> ReadClusterAsync(ParseResult parsed, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var address = connection.Address(parsed, environment);
        using var client = new ApiClient(Kubeconfig.Load(address.Connection));
        var selector = new ListOptions { LabelSelector = $"{SealingKeySecret.Label}={SealingKeySecret.ActiveValue}" };
        var secrets = await client.ListAsync(ApiResource.Secrets, address.Namespace, selector, cancellationToken).ConfigureAwait(false);
        var keyService = new LocalKeyService(KeyCredentials.FromEnvironment(new KeyEnvironment { Variable = environment.Variable }));
        var keys = new List<SealingKey>();
        foreach (var secret in secrets.Items)
        {
            keys.Add(await ProtectedSealingKey.OpenAsync(secret, keyService, cancellationToken).ConfigureAwait(false));
        }

        return keys.Count > 0
            ? new KeyRing(keys)
            : throw new CliException($"namespace '{address.Namespace}' holds no sealing key", "name key files with --key, or the controller's namespace with --controller-namespace");
    }
}
