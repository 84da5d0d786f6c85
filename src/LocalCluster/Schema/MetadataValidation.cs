using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>What is wrong with an object's metadata.</summary>
internal static class MetadataValidation
{
    private const int MaximumAnnotationBytes = 256 * 1024;

    /// <summary>Checks name, labels, annotations, finalizers and owners; Kubernetes' own kinds (core) allow only known bare finalizers.</summary>
    public static IEnumerable<FieldError> Check(
        JsonObject body, bool isNamespaced, Func<string, IEnumerable<string>> nameSyntax, bool isCore)
    {
        var metadata = body["metadata"] as JsonObject ?? [];
        return Names(metadata, isNamespaced, nameSyntax)
            .Concat(Labels(metadata["labels"] as JsonObject, "metadata.labels"))
            .Concat(Annotations(metadata["annotations"] as JsonObject, "metadata.annotations"))
            .Concat(Owners(metadata["ownerReferences"] as JsonArray ?? []))
            .Concat(Finalizers(metadata["finalizers"] as JsonArray ?? [], isCore));
    }

    /// <summary>Fields no update may change.</summary>
    public static IEnumerable<FieldError> CheckUpdate(JsonObject updated, JsonObject live)
    {
        foreach (var field in new[] { "name", "namespace", "uid", "creationTimestamp" })
        {
            var (before, after) = (live["metadata"]?[field], updated["metadata"]?[field]);
            if (before is not null && !JsonNode.DeepEquals(before, after))
            {
                yield return FieldError.Invalid("metadata." + field, after, "field is immutable");
            }
        }
    }

    /// <summary>Checks a map of labels.</summary>
    public static IEnumerable<FieldError> Labels(JsonObject? labels, string field)
    {
        foreach (var (key, value) in (labels ?? []).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            foreach (var problem in ObjectNames.QualifiedName(key, "a valid label key"))
            {
                yield return FieldError.Invalid(field, key, problem);
            }

            foreach (var problem in ObjectNames.LabelValue(value?.ToString() ?? ""))
            {
                yield return FieldError.Invalid(field, value?.ToString(), problem);
            }
        }
    }

    private static IEnumerable<FieldError> Names(JsonObject metadata, bool isNamespaced, Func<string, IEnumerable<string>> syntax)
    {
        var name = Text(metadata, "name");
        if (Text(metadata, "generateName") is { Length: > 0 } prefix)
        {
            // The prefix may end as a name may not: what is generated comes after it.
            foreach (var problem in syntax(prefix.TrimEnd('-', '.') is { Length: > 0 } stem ? stem : "a"))
            {
                yield return FieldError.Invalid("metadata.generateName", prefix, problem);
            }
        }

        if (name.Length == 0)
        {
            yield return FieldError.Required("metadata.name", "name or generateName is required");
        }
        else
        {
            foreach (var problem in syntax(name))
            {
                yield return FieldError.Invalid("metadata.name", name, problem);
            }
        }

        if (isNamespaced && Text(metadata, "namespace").Length == 0)
        {
            yield return FieldError.Required("metadata.namespace");
        }
        else if (!isNamespaced && Text(metadata, "namespace").Length > 0)
        {
            yield return FieldError.Forbidden("metadata.namespace", "not allowed on this type");
        }
    }

    private static IEnumerable<FieldError> Annotations(JsonObject? annotations, string field)
    {
        var total = 0;
        foreach (var (key, value) in annotations ?? [])
        {
            foreach (var problem in ObjectNames.QualifiedName(key.ToLowerInvariant()))
            {
                yield return FieldError.Invalid(field, key, problem);
            }

            total += key.Length + System.Text.Encoding.UTF8.GetByteCount(value?.ToString() ?? "");
        }

        if (total > MaximumAnnotationBytes)
        {
            yield return FieldError.TooLong(field, MaximumAnnotationBytes);
        }
    }

    private static IEnumerable<FieldError> Owners(JsonArray owners)
    {
        var controllers = 0;
        for (var i = 0; i < owners.Count; i++)
        {
            var owner = owners[i] as JsonObject ?? [];
            foreach (var name in new[] { "apiVersion", "kind", "name", "uid" })
            {
                if (Text(owner, name).Length == 0)
                {
                    var path = "metadata.ownerReferences." + name;
                    yield return name == "apiVersion"
                        ? FieldError.Invalid(path, Text(owner, name), "version must not be empty")
                        : FieldError.Invalid(path, Text(owner, name), "must not be empty");
                }
            }

            controllers += owner["controller"]?.ToString() == "true" ? 1 : 0;
        }

        if (controllers > 1)
        {
            yield return FieldError.Invalid("metadata.ownerReferences", owners, "Only one reference can have Controller set to true");
        }
    }

    private static IEnumerable<FieldError> Finalizers(JsonArray finalizers, bool isCore)
    {
        for (var i = 0; i < finalizers.Count; i++)
        {
            var finalizer = finalizers[i]?.ToString() ?? "";
            foreach (var problem in ObjectNames.QualifiedName(finalizer))
            {
                yield return FieldError.Invalid("metadata.finalizers", finalizer, problem);
            }

            if (isCore && !finalizer.Contains('/', StringComparison.Ordinal) && finalizer is not ("orphan" or "foregroundDeletion" or "kubernetes"))
            {
                yield return FieldError.Invalid(
                    $"metadata.finalizers[{i}]", finalizer, "name is neither a standard finalizer name nor is it fully qualified");
            }
        }
    }

    private static string Text(JsonObject map, string name) =>
        map[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
