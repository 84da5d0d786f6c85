using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Controllers;

/// <summary>What every controller works with.</summary>
internal sealed record ControllerTools(ObjectStore Store, KindRegistry Kinds, ObjectWriter Writer, ObjectDeleter Deleter, TimeProvider Time)
{
    internal JsonObject? Find(StorageKey key) => Store.State.Find(key) is { } stored ? JsonAccess.Parse(stored) : null;

    internal ResourceKind? KindOf(StorageKey key) => Kinds.Current.Stored.FirstOrDefault(kind => kind.StorageResource == key.Resource);

    /// <summary>Deletes an object unless it is gone, or another one has its name.</summary>
    internal async Task DeleteAsync(StorageKey key, string uid, Propagation? propagation)
    {
        if (KindOf(key) is not { } kind)
        {
            return;
        }

        try
        {
            await Deleter.DeleteAsync(kind, key.Namespace, key.Name, new DeleteRequest { Propagation = propagation, Uid = uid });
        }
        catch (StatusException exception) when (exception.Code is 404 or 409)
        {
            // Gone, or replaced by another: what was to be deleted is no more.
        }
    }

    /// <summary>Changes an object unless it is gone.</summary>
    internal async Task UpdateAsync(StorageKey key, string controller, string subresource, Func<JsonObject, JsonObject> change)
    {
        if (KindOf(key) is not { } kind)
        {
            return;
        }

        try
        {
            await Writer.UpdateAsync(kind, key.Namespace, key.Name, change, WriteContext.For(controller) with { Subresource = subresource });
        }
        catch (StatusException exception) when (exception.Code == 404)
        {
            // Gone meanwhile: nothing to change.
        }
    }

    internal Task RemoveFinalizerAsync(StorageKey key, string controller, string finalizer) => UpdateAsync(key, controller, "", live =>
    {
        var kept = live.Items("metadata", "finalizers").Where(entry => entry.Text() != finalizer).Select(entry => entry?.DeepClone());
        live.Section("metadata")["finalizers"] = new JsonArray([.. kept]);
        return live;
    });
}
