using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Controllers;

/// <summary>Brings a part of the cluster to where its objects say it should be, one object at a time.</summary>
internal abstract class ClusterController
{
    /// <summary>The objects to look at because of a change.</summary>
    internal abstract IEnumerable<StorageKey> KeysFor(StoreEvent change);

    /// <summary>Looks at one object and does what is due.</summary>
    internal abstract Task<ReconcileResult> ReconcileAsync(StorageKey key, CancellationToken cancellationToken);
}
