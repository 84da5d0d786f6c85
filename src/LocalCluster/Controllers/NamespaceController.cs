using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Controllers;

/// <summary>Furnishes namespaces with what every one has, and empties those that are being deleted.</summary>
internal sealed class NamespaceController(ControllerTools tools, string authorityPem) : ClusterController
{
    private const string Namespaces = "/namespaces";
    private const string Finalizer = "kubernetes";

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    internal override IEnumerable<StorageKey> KeysFor(StoreEvent change)
    {
        if (change.Key.Resource == Namespaces && !change.IsRemoval)
        {
            yield return change.Key;
        }
        else if (change.IsRemoval && change.Key.Namespace.Length > 0)
        {
            yield return new(Namespaces, "", change.Key.Namespace);
        }
    }

    internal override async Task<ReconcileResult> ReconcileAsync(StorageKey key, CancellationToken cancellationToken)
    {
        if (tools.Find(key) is not { } json)
        {
            return ReconcileResult.Done;
        }

        if (!DeletionState.IsRequested(json))
        {
            await FurnishAsync(key.Name);
            return ReconcileResult.Done;
        }

        return await EmptyAsync(key);
    }

    private async Task FurnishAsync(string @namespace)
    {
        await EnsureAsync("ServiceAccount", new StorageKey("/serviceaccounts", @namespace, "default"), []);
        await EnsureAsync("ConfigMap", new StorageKey("/configmaps", @namespace, "kube-root-ca.crt"), new() { ["data"] = new JsonObject { ["ca.crt"] = authorityPem } });
    }

    private async Task EnsureAsync(string kindName, StorageKey key, JsonObject content)
    {
        if (tools.Store.State.Find(key) is not null)
        {
            return;
        }

        var gvk = new GroupVersionKind("", "v1", kindName);
        var body = new KubernetesObject(gvk, key.Namespace, key.Name);
        foreach (var (field, value) in content)
        {
            body.Json[field] = value?.DeepClone();
        }

        try
        {
            await tools.Writer.CreateAsync(tools.Kinds.Current.Find(gvk)!, key.Namespace, body.Json, WriteContext.For("kube-controller-manager"));
        }
        catch (StatusException exception) when (exception.Code is 403 or 404 or 409)
        {
            // The namespace is going away, or somebody else was faster.
        }
    }

    private async Task<ReconcileResult> EmptyAsync(StorageKey key)
    {
        var isEmpty = true;
        var state = tools.Store.State;
        foreach (var kind in tools.Kinds.Current.Stored.Where(kind => kind.IsNamespaced))
        {
            foreach (var stored in state.Of(kind.StorageResource).Values.Where(stored => stored.Key.Namespace == key.Name))
            {
                isEmpty = false;
                if (!DeletionState.IsRequested(JsonAccess.Parse(stored)))
                {
                    await tools.DeleteAsync(stored.Key, "", Propagation.Background);
                }
            }
        }

        if (!isEmpty)
        {
            return ReconcileResult.RequeueAfter(LookAgain, "objects in the namespace are held by their finalizers");
        }

        await tools.UpdateAsync(key, "kube-controller-manager", "finalize", live =>
        {
            var kept = live.Items("spec", "finalizers").Where(finalizer => finalizer.Text() != Finalizer).Select(finalizer => finalizer?.DeepClone());
            live.Section("spec")["finalizers"] = new JsonArray([.. kept]);
            return live;
        });
        return ReconcileResult.Done;
    }
}
