using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Controllers;

/// <summary>Reports every workload as rolled out, although nothing runs: a laptop has no kubelet, and health should still be seen to arrive.</summary>
/// <remarks>Compatibility: nothing of this exists on a real cluster; no Pod is made.</remarks>
internal sealed class SimulatedRollout(ControllerTools tools) : ClusterController
{
    private const string Name = "simulated-rollout";

    internal override IEnumerable<StorageKey> KeysFor(StoreEvent change) =>
        !change.IsRemoval && SimulatedStatus.IsSimulated(change.Key.Resource) ? [change.Key] : [];

    internal override async Task<ReconcileResult> ReconcileAsync(StorageKey key, CancellationToken cancellationToken)
    {
        if (tools.Find(key) is { } json && !DeletionState.IsRequested(json) && SimulatedStatus.For(key.Resource, json, ObjectTimestamp.Now(tools.Time)) is not null)
        {
            await tools.UpdateAsync(key, Name, "status", live =>
            {
                if (SimulatedStatus.For(key.Resource, live, ObjectTimestamp.Now(tools.Time)) is { } status)
                {
                    live["status"] = status;
                }

                return live;
            });
        }

        return ReconcileResult.Done;
    }
}
