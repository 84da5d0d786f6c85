using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Controllers;

/// <summary>Deletes the objects of a CustomResourceDefinition that is being deleted, then lets it go.</summary>
internal sealed class DefinitionController(ControllerTools tools) : ClusterController
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    internal override IEnumerable<StorageKey> KeysFor(StoreEvent change)
    {
        if (change.Key.Resource == KindRegistry.Definitions)
        {
            yield return change.Key;
        }
        else if (change.IsRemoval && change.Key.Resource.Split('/') is [{ Length: > 0 } group, var plural])
        {
            yield return new(KindRegistry.Definitions, "", $"{plural}.{group}");
        }
    }

    internal override async Task<ReconcileResult> ReconcileAsync(StorageKey key, CancellationToken cancellationToken)
    {
        if (tools.Find(key) is not { } definition || !DeletionState.IsRequested(definition))
        {
            return ReconcileResult.Done;
        }

        var resource = $"{definition.Text("spec", "group")}/{definition.Text("spec", "names", "plural")}";
        var left = tools.Store.State.Of(resource).Values.ToList();
        foreach (var stored in left.Where(stored => !DeletionState.IsRequested(JsonAccess.Parse(stored))))
        {
            await tools.DeleteAsync(stored.Key, "", Propagation.Background);
        }

        if (tools.Store.State.Of(resource).Count > 0)
        {
            return ReconcileResult.RequeueAfter(LookAgain, "objects of the kind are held by their finalizers");
        }

        await tools.RemoveFinalizerAsync(key, "kube-apiserver", DefinitionStatus.CleanupFinalizer);
        return ReconcileResult.Done;
    }
}
