using System.Text.Json.Nodes;

namespace SecretsOps.SealedSecrets;

/// <summary>Kubernetes's ObjectMeta in the order Go writes it, without what is empty or unknown: what kubeseal's output is made of.</summary>
internal static class ObjectMetadata
{
    private static readonly string[] TextFields = ["name", "generateName", "namespace", "selfLink", "uid", "resourceVersion"];

    private static readonly string[] ServerFields =
        ["selfLink", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences"];

    /// <summary>A copy in Go's field order.</summary>
    internal static JsonObject Canonical(JsonObject? metadata, string typeName)
    {
        var result = new JsonObject();
        if (metadata is null)
        {
            return result;
        }

        foreach (var field in TextFields)
        {
            AddText(result, metadata, field, typeName);
        }

        AddNumber(result, metadata, "generation");
        AddText(result, metadata, "creationTimestamp", typeName);
        AddText(result, metadata, "deletionTimestamp", typeName);
        AddNumber(result, metadata, "deletionGracePeriodSeconds");
        AddTexts(result, metadata, "labels", typeName);
        AddTexts(result, metadata, "annotations", typeName);
        AddList(result, metadata, "ownerReferences");
        AddList(result, metadata, "finalizers");
        AddList(result, metadata, "managedFields");
        return result;
    }

    /// <summary>Removes what only the API server may write, and the annotations that hold a copy of the plaintext (upstream issue 227).</summary>
    internal static void Strip(JsonObject metadata)
    {
        foreach (var field in ServerFields)
        {
            metadata.Remove(field);
        }

        if (metadata["annotations"] is JsonObject annotations)
        {
            annotations.Remove(SealedSecretAnnotations.LastApplied);
            annotations.Remove(SealedSecretAnnotations.KubecfgLastApplied);
            RemoveIfEmpty(metadata, "annotations");
        }
    }

    internal static void RemoveIfEmpty(JsonObject metadata, string field)
    {
        if (metadata[field] is JsonObject { Count: 0 })
        {
            metadata.Remove(field);
        }
    }

    /// <summary>The annotations, created in their place when absent: after labels, before owner references.</summary>
    internal static JsonObject Annotations(JsonObject metadata)
    {
        if (metadata["annotations"] is JsonObject annotations)
        {
            return annotations;
        }

        annotations = [];
        var index = metadata.IndexOf("labels") is var labels and >= 0 ? labels + 1 : metadata.Count;
        foreach (var later in new[] { "ownerReferences", "finalizers", "managedFields" })
        {
            index = metadata.IndexOf(later) is var at and >= 0 ? Math.Min(index, at) : index;
        }

        metadata.Insert(index, "annotations", annotations);
        return annotations;
    }

    private static void AddText(JsonObject result, JsonObject metadata, string field, string typeName)
    {
        var text = Text(metadata[field], $"{typeName}.metadata.{field}");
        if (!string.IsNullOrEmpty(text))
        {
            result[field] = text;
        }
    }

    private static void AddNumber(JsonObject result, JsonObject metadata, string field)
    {
        if (metadata[field] is JsonValue value && value.TryGetValue(out long number) && number != 0)
        {
            result[field] = number;
        }
    }

    private static void AddTexts(JsonObject result, JsonObject metadata, string field, string typeName)
    {
        if (metadata[field] is not { } node)
        {
            return;
        }

        var texts = new JsonObject();
        foreach (var (name, value) in GoValue.Map(node, $"{typeName}.metadata.{field}", "map[string]string").OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            texts[name] = Text(value, $"{typeName}.metadata.{field}") ?? "";
        }

        if (texts.Count > 0)
        {
            result[field] = texts;
        }
    }

    private static void AddList(JsonObject result, JsonObject metadata, string field)
    {
        if (metadata[field] is JsonArray { Count: > 0 } list)
        {
            result[field] = list.DeepClone();
        }
    }

    private static string? Text(JsonNode? node, string path) => GoValue.Text(node, path);
}
