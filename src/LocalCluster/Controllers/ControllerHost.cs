using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Controllers;

/// <summary>Runs the cluster's own controllers: each sees everything there is, then every change.</summary>
internal sealed class ControllerHost(ControllerTools tools, WorkloadBehaviour workloads, string authorityPem, CancellationToken stopping) : IAsyncDisposable
{
    private static readonly BackOff Retry = new() { First = TimeSpan.FromMilliseconds(50), Longest = TimeSpan.FromSeconds(10) };

    private readonly List<Task> _running = [];

    internal void Start()
    {
        Start(new NamespaceController(tools, authorityPem));
        Start(new DefinitionController(tools));
        Start(new GarbageCollector(tools));
        if (workloads == WorkloadBehaviour.SimulatedRollout)
        {
            Start(new SimulatedRollout(tools));
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_running);

    private void Start(ClusterController controller) => _running.Add(Task.Run(() => RunAsync(controller)));

    private async Task RunAsync(ClusterController controller)
    {
        using var queue = new WorkQueue<StorageKey>(tools.Time, Retry);
        var loop = new ReconcileLoop<StorageKey>(queue, controller.ReconcileAsync, workers: 1, tools.Time);
        await Task.WhenAll(FeedAsync(controller, queue), loop.RunAsync(stopping));
    }

    /// <summary>A subscription that falls too far behind is cut: then everything is looked at again.</summary>
    private async Task FeedAsync(ClusterController controller, WorkQueue<StorageKey> queue)
    {
        while (!stopping.IsCancellationRequested)
        {
            var state = tools.Store.State;
            using var subscription = tools.Store.Hub.TrySubscribe(null, state.Revision);
            if (subscription is null)
            {
                continue;
            }

            foreach (var stored in state.Everything)
            {
                Enqueue(controller, queue, new StoreEvent(null, stored, IsRemoval: false));
            }

            try
            {
                await foreach (var change in subscription.Events.ReadAllAsync(stopping))
                {
                    Enqueue(controller, queue, change);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static void Enqueue(ClusterController controller, WorkQueue<StorageKey> queue, StoreEvent change)
    {
        foreach (var key in controller.KeysFor(change))
        {
            queue.Add(key);
        }
    }
}
