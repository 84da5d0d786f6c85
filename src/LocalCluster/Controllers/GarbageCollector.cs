using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Controllers;

/// <summary>Deletes objects whose owners are gone, and carries out foreground deletion and orphaning.</summary>
/// <remarks>
/// An owner is solid (there, and to stay), absent, or waiting (being deleted in the foreground). An object with a solid owner loses
/// only its other references; one without is deleted.
/// </remarks>
internal sealed class GarbageCollector(ControllerTools tools) : ClusterController
{
    private const string Name = "kube-controller-manager";

    private readonly OwnerGraph _graph = new();

    private enum OwnerState
    {
        Solid,
        Absent,
        Waiting,
    }

    internal override IEnumerable<StorageKey> KeysFor(StoreEvent change)
    {
        var json = JsonAccess.Parse(change.After);
        var references = json.Items("metadata", "ownerReferences");
        _graph.Set(change.Key, change.IsRemoval ? [] : references);
        var owners = references.Select(reference => OwnerKey(change.Key.Namespace, reference)).OfType<StorageKey>();
        if (change.IsRemoval)
        {
            return owners.Concat(_graph.DependentsOf(json.Text("metadata", "uid")));
        }

        var isHeld = json.Items("metadata", "finalizers").Any(finalizer => finalizer.Text() is DeletionState.ForegroundFinalizer or DeletionState.OrphanFinalizer);
        return references.Count > 0 || (DeletionState.IsRequested(json) && isHeld) ? owners.Append(change.Key) : [];
    }

    internal override async Task<ReconcileResult> ReconcileAsync(StorageKey key, CancellationToken cancellationToken)
    {
        if (tools.Find(key) is not { } json)
        {
            return ReconcileResult.Done;
        }

        if (DeletionState.IsRequested(json))
        {
            await CarryOutPropagationAsync(key, json);
        }
        else if (json.Items("metadata", "ownerReferences") is { Count: > 0 } references)
        {
            await JudgeAsync(key, json, references);
        }

        return ReconcileResult.Done;
    }

    private async Task CarryOutPropagationAsync(StorageKey key, JsonObject json)
    {
        string[] finalizers = [.. json.Items("metadata", "finalizers").Select(finalizer => finalizer.Text())];
        var uid = json.Text("metadata", "uid");
        if (finalizers.Contains(DeletionState.OrphanFinalizer))
        {
            foreach (var dependent in _graph.DependentsOf(uid))
            {
                await DropReferencesAsync(dependent, [uid]);
            }

            await tools.RemoveFinalizerAsync(key, Name, DeletionState.OrphanFinalizer);
        }
        else if (finalizers.Contains(DeletionState.ForegroundFinalizer))
        {
            await DeleteInForegroundAsync(key, uid);
        }
    }

    /// <summary>Deletes the dependents; the owner goes once none is left that blocks it.</summary>
    private async Task DeleteInForegroundAsync(StorageKey key, string uid)
    {
        foreach (var dependent in _graph.DependentsOf(uid))
        {
            if (tools.Find(dependent) is { } json && !DeletionState.IsRequested(json))
            {
                await JudgeAsync(dependent, json, json.Items("metadata", "ownerReferences"));
            }
        }

        if (!_graph.DependentsOf(uid).Any(dependent => Blocks(dependent, uid)))
        {
            await tools.RemoveFinalizerAsync(key, Name, DeletionState.ForegroundFinalizer);
        }
    }

    private bool Blocks(StorageKey dependent, string uid) =>
        tools.Find(dependent).Items("metadata", "ownerReferences").Any(owner => owner.Text("uid") == uid && owner.Flag("blockOwnerDeletion"));

    private async Task JudgeAsync(StorageKey key, JsonObject json, JsonArray references)
    {
        var states = references.Select(reference => (Uid: reference.Text("uid"), State: StateOf(key.Namespace, reference))).ToList();
        if (states.TrueForAll(owner => owner.State == OwnerState.Solid))
        {
            return;
        }

        if (states.Exists(owner => owner.State == OwnerState.Solid))
        {
            await DropReferencesAsync(key, [.. states.Where(owner => owner.State != OwnerState.Solid).Select(owner => owner.Uid)]);
            return;
        }

        var uid = json.Text("metadata", "uid");
        var isWaitedFor = states.Exists(owner => owner.State == OwnerState.Waiting);
        await tools.DeleteAsync(key, uid, isWaitedFor && _graph.DependentsOf(uid).Count > 0 ? Propagation.Foreground : Propagation.Background);
    }

    private OwnerState StateOf(string @namespace, JsonNode? reference)
    {
        if (OwnerKey(@namespace, reference) is not { } key)
        {
            return OwnerState.Solid; // a kind that is not served: nothing is known about its objects
        }

        if (tools.Find(key) is not { } owner || owner.Text("metadata", "uid") != reference.Text("uid"))
        {
            return OwnerState.Absent;
        }

        var isForeground = owner.Items("metadata", "finalizers").Any(finalizer => finalizer.Text() == DeletionState.ForegroundFinalizer);
        return DeletionState.IsRequested(owner) && isForeground ? OwnerState.Waiting : OwnerState.Solid;
    }

    private StorageKey? OwnerKey(string @namespace, JsonNode? reference)
    {
        var gvk = GroupVersionKind.Parse(reference.Text("apiVersion"), reference.Text("kind"));
        var kind = tools.Kinds.Current.Stored.FirstOrDefault(kind => kind.Gvk.Group == gvk.Group && kind.Gvk.Kind == gvk.Kind);
        return kind is null ? null : ObjectIdentity.KeyOf(kind, @namespace, reference.Text("name"));
    }

    private Task DropReferencesAsync(StorageKey key, IReadOnlyList<string> uids) => tools.UpdateAsync(key, Name, "", live =>
    {
        var kept = live.Items("metadata", "ownerReferences").Where(owner => !uids.Contains(owner.Text("uid"))).Select(owner => owner?.DeepClone());
        live.Section("metadata")["ownerReferences"] = new JsonArray([.. kept]);
        return live;
    });
}
