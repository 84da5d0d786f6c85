using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Health;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>Hands the fields that client-side apply owns over to our field manager, so that a field removed in Git really goes.</summary>
internal static class OwnershipMigration
{
    private const string ClientSideManager = "kubectl-client-side-apply";
    private const int Attempts = 5;

    public static async Task RunAsync(ApiClient client, ApiResource resource, ObjectKey key, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var live = await client.TryGetAsync(resource, key.Namespace, key.Name, cancellationToken);
            if (live is null || Migrate(live) is not { } managedFields)
            {
                return;
            }

            var patch = new JsonArray(
                new JsonObject { ["op"] = "replace", ["path"] = "/metadata/managedFields", ["value"] = managedFields },
                new JsonObject { ["op"] = "replace", ["path"] = "/metadata/resourceVersion", ["value"] = live.ResourceVersion });
            try
            {
                await client.PatchAsync(resource, key.Namespace, key.Name, PatchType.Json, Encoding.UTF8.GetBytes(patch.ToJsonString()), PatchOptions.Default, cancellationToken);
                return;
            }
            catch (ApiException exception) when (exception.IsConflict && attempt + 1 < Attempts)
            {
                // Somebody wrote in between: read again.
            }
        }
    }

    /// <summary>The managedFields with the client-side entry turned into ours, or null when there is none.</summary>
    private static JsonArray? Migrate(KubernetesObject live)
    {
        List<JsonObject> entries = [.. live.ObjectsAt("metadata", "managedFields").Select(entry => (JsonObject)entry.DeepClone())];
        var old = entries.FirstOrDefault(entry => ObjectFields.Text(entry["manager"]) == ClientSideManager && ObjectFields.Text(entry["operation"]) == "Update");
        if (old is null)
        {
            return null;
        }

        var ours = entries.FirstOrDefault(entry => ObjectFields.Text(entry["manager"]) == ObjectWriter.FieldManager && ObjectFields.Text(entry["operation"]) == "Apply");
        if (ours is not null)
        {
            Merge(ours["fieldsV1"] as JsonObject ?? [], old["fieldsV1"] as JsonObject ?? []);
            entries.Remove(old);
        }
        else
        {
            old["manager"] = ObjectWriter.FieldManager;
            old["operation"] = "Apply";
        }

        return new JsonArray([.. entries]);
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (into[name] is JsonObject existing && value is JsonObject more)
            {
                Merge(existing, more);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }
}
