using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Deletes objects: at once, or marked and left to the finalizers that hold them.</summary>
internal sealed class ObjectDeleter(ObjectStore store, TimeProvider time)
{
    internal async Task<WriteResult> DeleteAsync(ResourceKind kind, string @namespace, string name, DeleteRequest request)
    {
        var key = ObjectIdentity.KeyOf(kind, @namespace, name);
        CheckProtected(kind, name);
        while (true)
        {
            var current = store.State.Find(key) ?? throw ApiErrors.NotFound(kind, name);
            if (await TryDeleteAsync(kind, current, request) is { } result)
            {
                return result;
            }
        }
    }

    private static void CheckProtected(ResourceKind kind, string name)
    {
        if (kind.QualifiedPlural == "namespaces" && name is "default" or "kube-system" or "kube-public")
        {
            throw ApiErrors.ForbiddenFor(kind, name, "this namespace may not be deleted");
        }
    }

    /// <summary>Null: the object changed in between, look again.</summary>
    private async Task<WriteResult?> TryDeleteAsync(ResourceKind kind, StoredObject current, DeleteRequest request)
    {
        var json = JsonAccess.Parse(current);
        CheckPreconditions(kind, current.Key.Name, json, request);
        var isMarked = DeletionState.IsRequested(json);
        var before = json.DeepClone();
        SetPropagation(json, request.Propagation);
        if (!isMarked)
        {
            Mark(kind, json);
        }

        var isRemoval = DeletionState.IsFinished(json);
        var effect = isRemoval ? WriteEffect.Removed : WriteEffect.MarkedForDeletion;
        if (request.IsDryRun || (!isRemoval && JsonNode.DeepEquals(before, json)))
        {
            return new(effect, current.Json, current.Revision);
        }

        var stamped = UnstampedJson.From(isRemoval ? (JsonObject)before : json);
        var change = await store.TryCommitAsync(isRemoval ? StoreWrite.Remove(current, stamped) : StoreWrite.Put(current.Key, current.Revision, stamped));
        return change is null ? null : new(effect, change.After.Json, change.Revision);
    }

    private static void CheckPreconditions(ResourceKind kind, string name, JsonObject json, DeleteRequest request)
    {
        var (uid, version) = (json.Text("metadata", "uid"), json.Text("metadata", "resourceVersion"));
        if (request.Uid.Length > 0 && request.Uid != uid)
        {
            throw ApiErrors.Conflict(kind, name,
                $"the UID in the precondition ({request.Uid}) does not match the UID in record ({uid}). The object might have been deleted and then recreated");
        }

        if (request.ResourceVersion.Length > 0 && request.ResourceVersion != version)
        {
            throw ApiErrors.Conflict(kind, name,
                $"the ResourceVersion in the precondition ({request.ResourceVersion}) does not match the ResourceVersion in record ({version}). The object might have been modified");
        }
    }

    /// <summary>The two finalizers that stand for a propagation policy exclude each other; no policy leaves them as they are.</summary>
    private static void SetPropagation(JsonObject json, Propagation? propagation)
    {
        if (propagation is null)
        {
            return;
        }

        var finalizers = json.Items("metadata", "finalizers").Select(finalizer => finalizer.Text())
            .Where(finalizer => finalizer is not (DeletionState.ForegroundFinalizer or DeletionState.OrphanFinalizer))
            .ToList();
        if (propagation is Propagation.Foreground)
        {
            finalizers.Add(DeletionState.ForegroundFinalizer);
        }
        else if (propagation is Propagation.Orphan)
        {
            finalizers.Add(DeletionState.OrphanFinalizer);
        }

        var metadata = json.Section("metadata");
        metadata["finalizers"] = new JsonArray([.. finalizers.Select(finalizer => JsonValue.Create(finalizer))]);
        if (finalizers.Count == 0)
        {
            metadata.Remove("finalizers");
        }
    }

    private void Mark(ResourceKind kind, JsonObject json)
    {
        var metadata = json.Section("metadata");
        metadata["deletionTimestamp"] = ObjectTimestamp.Now(time);
        if (kind.QualifiedPlural == "namespaces")
        {
            json.Section("status")["phase"] = "Terminating";
            return;
        }

        metadata["deletionGracePeriodSeconds"] = 0;
        if (json.Find("metadata", "generation") is not null)
        {
            metadata["generation"] = json.Number("metadata", "generation") + 1;
        }
    }
}
