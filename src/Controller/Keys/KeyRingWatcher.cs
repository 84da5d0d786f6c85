using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.Kubernetes.Watching;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Keys;

/// <summary>Keeps the ring equal to the labelled key Secrets: added, replaced, relabelled and deleted ones take effect at once (defect D17).</summary>
/// <remarks>The informer holds metadata alone; private keys are read one by one and live nowhere but in the ring.</remarks>
internal sealed partial class KeyRingWatcher(
    ApiClient client, string ownNamespace, KeyOptions options, KeyRingState state, SealingKeyReader reader, ILogger<KeyRingWatcher> logger) : IDisposable
{
    private const string Selector = $"{SealingKeySecret.Label}={SealingKeySecret.ActiveValue}";

    private readonly WorkQueue<NamespacedName> _changed = new(client.Connection.TimeProvider, new BackOff { Longest = TimeSpan.FromSeconds(30) });
    private readonly System.Collections.Concurrent.ConcurrentDictionary<NamespacedName, string> _versions = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until every key was read once.</summary>
    public Task WaitForLoadAsync(CancellationToken cancellationToken) => _loaded.Task.WaitAsync(cancellationToken);

    /// <summary>Reads every key, then follows changes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        var informer = new Informer(client, ApiResource.Secrets, new InformerOptions { Namespace = ownNamespace, LabelSelector = Selector, MetadataOnly = true });
        informer.Changed += change => _changed.Add(change.Name);
        var loop = new ReconcileLoop<NamespacedName>(_changed, (name, token) => RefreshAsync(informer, name, token), 1, client.Connection.TimeProvider);
        await Task.WhenAll(informer.RunAsync(cancellationToken), loop.RunAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _changed.Dispose();

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Log.Searching(logger);
        for (var failures = 1; !state.IsLoaded; failures++)
        {
            try
            {
                await LoadOnceAsync(cancellationToken);
                state.IsLoaded = true;
                _loaded.TrySetResult();
            }
            catch (ApiException error)
            {
                Log.CannotLoad(logger, error.Message);
                await Task.Delay(BackOff.Default.DelayAfter(failures), client.Connection.TimeProvider, cancellationToken);
            }
        }
    }

    private async Task LoadOnceAsync(CancellationToken cancellationToken)
    {
        var secrets = (await client.ListAsync(ApiResource.Secrets, ownNamespace, new ListOptions { LabelSelector = Selector }, cancellationToken)).Items.ToList();

        // Compatibility: before 0.9 there was one key, named exactly like the prefix, without a label.
        if (await TryGetLegacyAsync(cancellationToken) is { } legacy && secrets.TrueForAll(secret => secret.Name != legacy.Name))
        {
            secrets.Add(legacy);
        }

        // Creation order, so that of keys of the same time the first made wins, as upstream has it.
        foreach (var secret in secrets.OrderBy(secret => SecretText(secret, "creationTimestamp"), StringComparer.Ordinal))
        {
            _versions[secret.NamespacedName] = secret.ResourceVersion;
            if (!await reader.ReadAsync(secret, cancellationToken))
            {
                _versions.TryRemove(secret.NamespacedName, out _);
                _changed.AddWithBackOff(secret.NamespacedName);
            }
        }
    }

    private async Task<KubernetesObject?> TryGetLegacyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.TryGetAsync(ApiResource.Secrets, ownNamespace, options.Prefix, cancellationToken);
        }
        catch (ApiException error) when (error.IsForbidden)
        {
            return null;
        }
    }

    private async Task<ReconcileResult> RefreshAsync(Informer informer, NamespacedName name, CancellationToken cancellationToken)
    {
        var known = informer.TryGet(name);
        if (known is not null && _versions.GetValueOrDefault(name) == known.ResourceVersion)
        {
            return ReconcileResult.Done;
        }

        var secret = known is null ? null : await client.TryGetAsync(ApiResource.Secrets, name.Namespace, name.Name, cancellationToken);
        if (secret is null || !SealingKeySecret.IsActive(secret))
        {
            _versions.TryRemove(name, out _);
            if (state.Remove(name))
            {
                Log.KeyRetired(logger, name.Name);
            }
        }
        else
        {
            if (!await reader.ReadAsync(secret, cancellationToken))
            {
                throw new SealingKeyException($"{secret}: the private key is still locked");
            }

            _versions[name] = secret.ResourceVersion;
        }

        return ReconcileResult.Done;
    }

    private static string SecretText(KubernetesObject secret, string field) =>
        secret.Metadata[field] is System.Text.Json.Nodes.JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static partial class Log
    {
        [LoggerMessage(110, LogLevel.Information, "Searching for existing private keys")]
        public static partial void Searching(ILogger logger);

        [LoggerMessage(111, LogLevel.Warning, "Cannot read the key Secrets, will retry")]
        public static partial void CannotLoad(ILogger logger, string error);

        [LoggerMessage(112, LogLevel.Information, "private key is no longer used: its Secret was deleted or relabelled")]
        public static partial void KeyRetired(ILogger logger, string secretname);
    }
}
