using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets.Files;

/// <summary>One SealedSecret of a file; a change reaches the object and the file's text.</summary>
public sealed class SealedSecretDocument
{
    private readonly int _index;
    private readonly YamlSplicer? _yaml;

    internal SealedSecretDocument(KubernetesObject @object, int index, YamlSplicer? yaml)
    {
        Object = @object;
        _index = index;
        _yaml = yaml;
    }

    /// <summary>The object as changed so far.</summary>
    public KubernetesObject Object { get; }

    /// <summary>Its place among the documents of the file, from 1.</summary>
    public int Number => _index + 1;

    /// <summary>Sets one sealed value, given as base64.</summary>
    public void SetEncryptedValue(string name, string value) => Set(["spec", "encryptedData", name], value);

    /// <summary>Removes one sealed value.</summary>
    public void RemoveEncryptedValue(string name)
    {
        (Object.Find("spec", "encryptedData") as JsonObject)?.Remove(name);
        _yaml?.Remove(_index, ["spec", "encryptedData", name]);
    }

    /// <summary>Sets an annotation of the SealedSecret itself.</summary>
    public void SetAnnotation(string name, string value) => Set(["metadata", "annotations", name], value);

    /// <summary>Adds the labels or annotations of a Secret's metadata to the template's.</summary>
    public void MergeTemplateTexts(string map, JsonObject metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        foreach (var (name, node) in metadata[map] as JsonObject ?? [])
        {
            if (node is JsonValue value && value.TryGetValue(out string? text) && name is not (SealedSecretAnnotations.LastApplied or SealedSecretAnnotations.KubecfgLastApplied))
            {
                Set(["spec", "template", "metadata", map, name], text);
            }
        }
    }

    private void Set(ReadOnlySpan<string> path, string value)
    {
        var map = Object.Json;
        foreach (var key in path[..^1])
        {
            if (map[key] is not JsonObject inner)
            {
                map[key] = inner = [];
            }

            map = inner;
        }

        InsertSorted(map, path[^1], value);
        _yaml?.Set(_index, path, value);
    }

    private static void InsertSorted(JsonObject map, string name, string value)
    {
        if (map.ContainsKey(name))
        {
            map[name] = value;
            return;
        }

        var index = 0;
        while (index < map.Count && string.CompareOrdinal(map.GetAt(index).Key, name) < 0)
        {
            index++;
        }

        map.Insert(index, name, value);
    }
}
