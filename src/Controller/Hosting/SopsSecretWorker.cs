using System.Text.Json.Nodes;

using SecretsOps.Controller.Decryption;
using SecretsOps.Controller.Options;
using SecretsOps.Controller.Reconcilers;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.Controller.Hosting;

/// <summary>Watches SopsSecrets, their children and their keys; where the definition is not installed, it waits for it.</summary>
internal sealed partial class SopsSecretWorker(ApiClient client, ControllerOptions options, string ownNamespace, DecryptionSources sources, ILogger logger) : IClusterWorker
{
    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var time = client.Connection.TimeProvider;
        IReadOnlyList<string> namespaces = options.Decryption.WatchedNamespaces is { Count: > 0 } named ? named : [""];
        var sopsSecrets = new NamespacedInformers(client, ApiResource.SopsSecrets, namespaces, new InformerOptions());
        var keys = new Informer(client, ApiResource.Secrets, new InformerOptions { Namespace = ownNamespace, LabelSelector = SopsSecretKeys.Selector });
        var children = new LiveSecrets(client, namespaces, options.Reconcile with { SkipRecreate = false }).Informers!;
        var shared = new SopsSecretKeys(() => keys.Snapshot().Select(entry => KubernetesObject.Parse(entry.Value.Span)));
        var writer = new SecretWriter(client, new LiveSecrets(client, [], options.Reconcile with { SkipRecreate = true }));
        var reconciler = new SopsSecretReconciler(client, sopsSecrets, shared, sources, writer, options.Decryption);
        using var queue = new WorkQueue<NamespacedName>(time, new BackOff { Longest = options.Reconcile.MaxRetryDelay });
        sopsSecrets.Changed += change => AddIfSpecChanged(queue, change);
        keys.Changed += _ => AddAll(queue, sopsSecrets);
        children.Changed += change => AddOwner(queue, change, reconciler);
        var loop = new ReconcileLoop<NamespacedName>(queue, reconciler.ReconcileAsync, 2, time) { Finished = Report };
        List<Task> following = [keys.RunAsync(cancellationToken), sopsSecrets.RunAsync(cancellationToken), children.RunAsync(cancellationToken)];
        following.Add(WorkAsync(keys, loop, cancellationToken));
        await Together.RunAsync(following);
    }

    private static async Task WorkAsync(Informer keys, ReconcileLoop<NamespacedName> loop, CancellationToken cancellationToken)
    {
        await keys.WaitForSyncAsync(cancellationToken); // otherwise the first round would find no keys and say so
        await loop.RunAsync(cancellationToken);
    }

    // Annotations name the keys, and do not raise the generation; a status does neither.
    private static void AddIfSpecChanged(WorkQueue<NamespacedName> queue, ObjectChange change)
    {
        if (change.Type != ChangeType.Updated
            || change.Before()!.Generation != change.After()!.Generation
            || !JsonNode.DeepEquals(change.Before()!.Metadata["annotations"], change.After()!.Metadata["annotations"]))
        {
            queue.Add(change.Name);
        }
    }

    // Also when a child was changed by others; our own writes are known by their version.
    private static void AddOwner(WorkQueue<NamespacedName> queue, ObjectChange change, SopsSecretReconciler reconciler)
    {
        var child = change.Newest();
        var owner = SecretOwner.ControllerOf(child);
        if (SecretOwner.Text(owner, "kind") == ApiResource.SopsSecrets.Kind
            && (change.Type == ChangeType.Deleted || (change.Type == ChangeType.Updated && !reconciler.HasWritten(child))))
        {
            queue.Add(new NamespacedName(change.Name.Namespace, SecretOwner.Text(owner, "name")));
        }
    }

    private static void AddAll(WorkQueue<NamespacedName> queue, NamespacedInformers sopsSecrets)
    {
        foreach (var name in sopsSecrets.Names())
        {
            queue.Add(name);
        }
    }

    private void Report(ReconcileOutcome<NamespacedName> outcome)
    {
        if (outcome.Error is { } error)
        {
            Log.WillRetry(logger, outcome.Key, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(400, LogLevel.Error, "SopsSecret cannot be reconciled, will retry")]
        public static partial void WillRetry(ILogger logger, NamespacedName key, string error);
    }
}
