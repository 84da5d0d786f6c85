using SecretsOps.Controller.Options;
using SecretsOps.Controller.Reconcilers;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.Controller.Hosting;

/// <summary>Watches SopsSecrets, their children and their keys; where the definition is not installed, it waits for it.</summary>
internal sealed partial class SopsSecretWorker(ApiClient client, ControllerOptions options, string ownNamespace, ILogger logger) : IClusterWorker
{
    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var time = client.Connection.TimeProvider;
        var sopsSecrets = new Informer(client, ApiResource.SopsSecrets, new InformerOptions());
        var keys = new Informer(client, ApiResource.Secrets, new InformerOptions { Namespace = ownNamespace, LabelSelector = SopsSecretKeys.Selector });
        var children = new LiveSecrets(client, [""], options.Reconcile);
        var ownIdentity = new LocalKeyService(KeyCredentials.FromEnvironment(new KeyEnvironment { Variable = Environment.GetEnvironmentVariable }));
        var opener = new SopsSecretOpener(new SopsSecretKeys(() => keys.Snapshot().Select(entry => KubernetesObject.Parse(entry.Value.Span)), ownIdentity));
        var reconciler = new SopsSecretReconciler(client, sopsSecrets, opener, new SecretWriter(client, new LiveSecrets(client, [], options.Reconcile with { SkipRecreate = true })));
        using var queue = new WorkQueue<NamespacedName>(time, new BackOff { Longest = options.Reconcile.MaxRetryDelay });
        sopsSecrets.Changed += change => AddIfSpecChanged(queue, change);
        keys.Changed += _ => AddAll(queue, sopsSecrets);
        if (children.Informers is { } informers)
        {
            informers.Changed += change => AddOwner(queue, change);
        }

        var following = new List<Task> { keys.RunAsync(cancellationToken), sopsSecrets.RunAsync(cancellationToken), children.Informers?.RunAsync(cancellationToken) ?? Task.CompletedTask };
        var loop = new ReconcileLoop<NamespacedName>(queue, reconciler.ReconcileAsync, 2, time) { Finished = Report };
        following.Add(loop.RunAsync(cancellationToken));
        await Together.RunAsync(following);
    }

    private static void AddIfSpecChanged(WorkQueue<NamespacedName> queue, ObjectChange change)
    {
        if (change.Type != ChangeType.Updated || change.Before()!.Generation != change.After()!.Generation)
        {
            queue.Add(change.Name);
        }
    }

    private static void AddOwner(WorkQueue<NamespacedName> queue, ObjectChange change)
    {
        var owner = SecretOwner.ControllerOf(change.Newest());
        if (change.Type == ChangeType.Deleted && SecretOwner.Text(owner, "kind") == ApiResource.SopsSecrets.Kind)
        {
            queue.Add(new NamespacedName(change.Name.Namespace, SecretOwner.Text(owner, "name")));
        }
    }

    private static void AddAll(WorkQueue<NamespacedName> queue, Informer sopsSecrets)
    {
        foreach (var (name, _) in sopsSecrets.Snapshot())
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
