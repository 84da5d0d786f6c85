using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Objects;

/// <summary>How manifests are read.</summary>
public sealed record ManifestReadOptions
{
    /// <summary>Lists stay whole, duplicate keys are refused.</summary>
    public static readonly ManifestReadOptions Default = new();

    /// <summary>Put the items of <c>kind: List</c> (and <c>SecretList</c>, …) in the place of the list.</summary>
    public bool ExpandLists { get; init; }

    /// <summary>What to do with a key that stands twice.</summary>
    public DuplicateKeys DuplicateKeys { get; init; }
}

/// <summary>Reads Kubernetes objects from YAML (many documents) or JSON (one object after another).</summary>
public static class ManifestReader
{
    /// <summary>Reads every object; empty documents are left out.</summary>
    /// <exception cref="ManifestException">The bytes are neither, or a document is not an object with <c>apiVersion</c> and <c>kind</c>.</exception>
    public static IReadOnlyList<KubernetesObject> Read(ReadOnlyMemory<byte> utf8, string sourceName) =>
        Read(utf8, sourceName, ManifestReadOptions.Default);

    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, string)"/>
    public static IReadOnlyList<KubernetesObject> Read(ReadOnlyMemory<byte> utf8, string sourceName, ManifestReadOptions options)
    {
        var objects = new List<KubernetesObject>();
        foreach (var document in ReadDocuments(utf8, sourceName, options.DuplicateKeys))
        {
            if (document.Root is not null)
            {
                AddObject(objects, document, document.Root, sourceName, options);
            }
        }

        return objects;
    }

    /// <summary>Reads every document as it stands, objects or not.</summary>
    /// <exception cref="ManifestException">The bytes are neither YAML nor JSON.</exception>
    public static IReadOnlyList<YamlDocument> ReadDocuments(
        ReadOnlyMemory<byte> utf8, string sourceName, DuplicateKeys duplicateKeys = DuplicateKeys.Reject)
    {
        if (!LooksLikeJson(utf8.Span))
        {
            return YamlText.ToJson(utf8, sourceName, duplicateKeys);
        }

        try
        {
            JsonText.Check(utf8.Span);
            return JsonStream.Read(utf8.Span, duplicateKeys);
        }
        catch (JsonException e)
        {
            // YAML's flow style starts with a brace too; if it is neither, the JSON error is the one that helps.
            return TryYaml(utf8, sourceName, duplicateKeys)
                ?? throw new ManifestException(sourceName, 0, (e.LineNumber ?? 0) + 1, JsonStream.Sentence(e), e);
        }
    }

    private static IReadOnlyList<YamlDocument>? TryYaml(ReadOnlyMemory<byte> utf8, string sourceName, DuplicateKeys duplicateKeys)
    {
        try
        {
            return YamlText.ToJson(utf8, sourceName, duplicateKeys);
        }
        catch (ManifestException)
        {
            return null;
        }
    }

    private static bool LooksLikeJson(ReadOnlySpan<byte> utf8)
    {
        var start = utf8.TrimStart(" \t\r\n"u8);
        return start.Length > 0 && start[0] == (byte)'{';
    }

    private static void AddObject(
        List<KubernetesObject> objects, YamlDocument document, JsonNode root, string sourceName, ManifestReadOptions options)
    {
        if (root is not JsonObject json)
        {
            throw new ManifestException(sourceName, document.Number, document.Line, "expected a mapping with apiVersion and kind");
        }

        var manifest = new KubernetesObject(json);
        if (manifest.Kind.Length == 0 || manifest.ApiVersion.Length == 0)
        {
            var missing = manifest.Kind.Length == 0 ? "kind" : "apiVersion";
            throw new ManifestException(sourceName, document.Number, document.Line, $"the object has no {missing}");
        }

        if (!options.ExpandLists || json["items"] is not JsonArray items || !manifest.Kind.EndsWith("List", StringComparison.Ordinal))
        {
            objects.Add(manifest);
            return;
        }

        foreach (var item in items.ToArray())
        {
            items.Remove(item);
            AddObject(objects, document, item ?? new JsonObject(), sourceName, options);
        }
    }
}
