using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>Keeps a hook that deletes itself when it ends until its result was read.</summary>
/// <remarks>Only such hooks get the finalizer: on any other it could only be forgotten.</remarks>
internal static class HookFinalizer
{
    /// <summary>Adds it to a hook with a time to live after its end.</summary>
    public static void AddTo(KubernetesObject hook)
    {
        if (hook.TryNumberAt("spec", "ttlSecondsAfterFinished") is null && hook.At("spec", "ttlStrategy") is null)
        {
            return;
        }

        var finalizers = hook.Metadata["finalizers"] as JsonArray ?? [];
        if (!finalizers.Any(finalizer => ObjectFields.Text(finalizer) == Annotations.HookFinalizer))
        {
            hook.Metadata["finalizers"] = new JsonArray([.. finalizers.Select(finalizer => finalizer?.DeepClone()), (JsonNode)Annotations.HookFinalizer]);
        }
    }

    /// <summary>Takes it off a live hook; nothing happens where there is none.</summary>
    public static async Task ReleaseAsync(DestinationCluster cluster, LiveObject hook, CancellationToken cancellationToken)
    {
        if (!hook.HasHookFinalizer || await cluster.Client.TryGetAsync(hook.Resource, hook.Key.Namespace, hook.Key.Name, cancellationToken) is not { } live || live.Uid != hook.Uid)
        {
            return;
        }

        var rest = (live.Metadata["finalizers"] as JsonArray ?? []).Where(finalizer => ObjectFields.Text(finalizer) != Annotations.HookFinalizer).Select(finalizer => finalizer?.DeepClone());
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = new JsonArray([.. rest]), ["resourceVersion"] = live.ResourceVersion } };
        try
        {
            await cluster.Client.PatchAsync(hook.Resource, hook.Key.Namespace, hook.Key.Name, PatchType.Merge, Encoding.UTF8.GetBytes(patch.ToJsonString()), PatchOptions.Default, cancellationToken);
        }
        catch (ApiException exception) when (exception.IsNotFound)
        {
            // It is gone, and the finalizer with it.
        }
        catch (ApiException exception) when (exception.IsConflict)
        {
            await ReleaseAsync(cluster, hook, cancellationToken);
        }
    }
}
