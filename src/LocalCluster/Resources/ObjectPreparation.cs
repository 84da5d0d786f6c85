using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Makes what a client sends into what is stored: system metadata, defaults, schema, field ownership.</summary>
internal sealed class ObjectPreparation(TimeProvider time)
{
    /// <summary>Metadata that only the server writes.</summary>
    private static readonly string[] SystemMetadata =
        ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName", "selfLink"];

    /// <summary>A new object, ready to store.</summary>
    internal JsonObject ForCreate(ResourceKind kind, JsonObject body)
    {
        var metadata = body.Section("metadata");
        NameIt(kind, metadata);
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = ObjectTimestamp.Now(time);
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata.Remove("selfLink");
        metadata.Remove("resourceVersion");
        metadata.Remove("generation");
        if (kind.HasGeneration)
        {
            metadata["generation"] = 1;
        }

        if (kind.HasStatus && StatusOnCreate.IsDropped(kind))
        {
            body.Remove("status");
        }

        DropEmptyMetadata(metadata);
        BuiltIn.BuiltInDefaults.Apply(kind, body, null, "");
        CheckName(kind, metadata.Text("name"));
        BuiltIn.BuiltInValidation.CheckCreate(kind, body);
        return body;
    }

    /// <summary>A changed object, ready to store; equal to <paramref name="live"/> when nothing changed.</summary>
    internal static JsonObject ForUpdate(ResourceKind kind, JsonObject live, JsonObject body, WriteContext context)
    {
        var next = context.Subresource == "status" ? WithStatusOf(live, body) : body;
        var metadata = next.Section("metadata");
        foreach (var field in SystemMetadata)
        {
            metadata.CopyField(live["metadata"], field);
        }

        metadata.CopyField(live["metadata"], "resourceVersion");
        DropEmptyMetadata(metadata);
        if (kind.HasStatus && context.Subresource != "status")
        {
            next.CopyField(live, "status");
        }

        BuiltIn.BuiltInDefaults.Apply(kind, next, live, context.Subresource);
        BuiltIn.BuiltInValidation.CheckUpdate(kind, live, next);
        CountGeneration(kind, live, next);
        return next;
    }

    private static void NameIt(ResourceKind kind, JsonObject metadata)
    {
        if (metadata.Text("name").Length > 0)
        {
            return;
        }

        var prefix = metadata.Text("generateName");
        metadata["name"] = prefix.Length > 0
            ? ObjectNames.Generate(prefix)
            : throw ApiErrors.Invalid(kind, "", FieldError.Required("metadata.name", "name or generateName is required"));
    }

    private static void CheckName(ResourceKind kind, string name)
    {
        if (ObjectNames.Check(kind, name) is { } error)
        {
            throw ApiErrors.Invalid(kind, name, error);
        }
    }

    private static JsonObject WithStatusOf(JsonObject live, JsonObject body)
    {
        var next = (JsonObject)live.DeepClone();
        next.CopyField(body, "status");
        next.Section("metadata").CopyField(body["metadata"], "managedFields");
        return next;
    }

    private static void CountGeneration(ResourceKind kind, JsonObject live, JsonObject next)
    {
        if (kind.HasGeneration && !IsSameDesire(kind, live, next))
        {
            next.Section("metadata")["generation"] = live.Number("metadata", "generation") + 1;
        }
    }

    /// <summary>Whether two states differ only in metadata and, where that is a subresource, status.</summary>
    private static bool IsSameDesire(ResourceKind kind, JsonObject live, JsonObject next)
    {
        var fields = live.Select(field => field.Key).Union(next.Select(field => field.Key));
        return fields.All(field => field is "metadata" or "apiVersion" || (field == "status" && kind.HasStatus) || JsonNode.DeepEquals(live[field], next[field]));
    }

    private static void DropEmptyMetadata(JsonObject metadata)
    {
        foreach (var field in (string[])["labels", "annotations", "finalizers", "ownerReferences", "managedFields", "creationTimestamp", "generateName"])
        {
            if (metadata.ContainsKey(field) && metadata[field] is null or JsonObject { Count: 0 } or JsonArray { Count: 0 })
            {
                metadata.Remove(field);
            }
        }
    }
}
