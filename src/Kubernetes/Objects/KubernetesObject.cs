using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.Kubernetes.Objects;

/// <summary>An unstructured Kubernetes object: a JSON document with accessors for what every object has.</summary>
/// <remarks>Mutable and not safe for concurrent writers; caches keep the UTF-8 bytes and parse a fresh one for each reader.</remarks>
public sealed class KubernetesObject
{
    /// <summary>How deep a document may nest: CRD schemas go beyond .NET's default of 64.</summary>
    public const int MaxDepth = 512;

    // A duplicate name would otherwise surface much later, as an ArgumentException on first access.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private static readonly JsonWriterOptions Compact =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth };

    /// <summary>Wraps a JSON object without copying it.</summary>
    public KubernetesObject(JsonObject json) => Json = json;

    /// <summary>Makes an empty object of a kind.</summary>
    public KubernetesObject(GroupVersionKind gvk, string @namespace, string name)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (@namespace.Length > 0)
        {
            metadata["namespace"] = @namespace;
        }

        Json = new JsonObject { ["apiVersion"] = gvk.ApiVersion, ["kind"] = gvk.Kind, ["metadata"] = metadata };
    }

    /// <summary>The document itself.</summary>
    public JsonObject Json { get; }

    /// <summary><c>apiVersion</c>, or empty.</summary>
    public string ApiVersion => Text(Json, "apiVersion");

    /// <summary><c>kind</c>, or empty.</summary>
    public string Kind => Text(Json, "kind");

    /// <summary>Group, version and kind.</summary>
    public GroupVersionKind Gvk => GroupVersionKind.Parse(ApiVersion, Kind);

    /// <summary>Identity across versions.</summary>
    public ObjectKey Key => new(Gvk.Group, Kind, Namespace, Name);

    /// <summary>Namespace and name.</summary>
    public NamespacedName NamespacedName => new(Namespace, Name);

    /// <summary><c>metadata</c>; created when absent.</summary>
    public JsonObject Metadata
    {
        get
        {
            if (Json["metadata"] is JsonObject metadata)
            {
                return metadata;
            }

            metadata = [];
            Json["metadata"] = metadata;
            return metadata;
        }
    }

    /// <summary><c>metadata.name</c>, or empty.</summary>
    public string Name
    {
        get => Text(Json["metadata"], "name");
        set => Metadata["name"] = value;
    }

    /// <summary><c>metadata.namespace</c>, or empty; setting it to empty removes the field.</summary>
    public string Namespace
    {
        get => Text(Json["metadata"], "namespace");
        set
        {
            if (value.Length == 0)
            {
                Metadata.Remove("namespace");
            }
            else
            {
                Metadata["namespace"] = value;
            }
        }
    }

    /// <summary><c>metadata.uid</c>, or empty.</summary>
    public string Uid => Text(Json["metadata"], "uid");

    /// <summary><c>metadata.resourceVersion</c>, or empty.</summary>
    public string ResourceVersion => Text(Json["metadata"], "resourceVersion");

    /// <summary><c>metadata.generation</c>, or 0.</summary>
    public long Generation =>
        Find("metadata", "generation") is JsonValue value && value.TryGetValue(out long generation) ? generation : 0;

    /// <summary>Whether deletion was requested and finalizers hold the object.</summary>
    public bool IsBeingDeleted => Text(Json["metadata"], "deletionTimestamp").Length > 0;

    /// <summary>The value at a path of keys; null where the path ends early or leads through something that is no object.</summary>
    public JsonNode? Find(params ReadOnlySpan<string> path)
    {
        JsonNode? node = Json;
        foreach (var key in path)
        {
            node = (node as JsonObject)?[key];
        }

        return node;
    }

    /// <summary>The value of a label, or null.</summary>
    public string? Label(string name) => StringAt("labels", name);

    /// <summary>The value of an annotation, or null.</summary>
    public string? Annotation(string name) => StringAt("annotations", name);

    /// <summary>Sets a label, or removes it when <paramref name="value"/> is null.</summary>
    public void SetLabel(string name, string? value) => SetStringAt("labels", name, value);

    /// <summary>Sets an annotation, or removes it when <paramref name="value"/> is null.</summary>
    public void SetAnnotation(string name, string? value) => SetStringAt("annotations", name, value);

    /// <summary>Parses one JSON object.</summary>
    /// <exception cref="JsonException">The bytes are not one JSON object.</exception>
    public static KubernetesObject Parse(ReadOnlySpan<byte> utf8Json)
    {
        JsonText.Check(utf8Json);
        return JsonNode.Parse(utf8Json, documentOptions: Strict) is JsonObject json ? new(json) : throw new JsonException("expected a JSON object");
    }

    /// <summary>A copy that shares nothing with this one.</summary>
    public KubernetesObject DeepClone() => new((JsonObject)Json.DeepClone());

    /// <summary>The document as compact UTF-8 JSON.</summary>
    public byte[] ToUtf8Json()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            Json.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The identity only: an object may be a Secret.</summary>
    public override string ToString() => Key.ToString();

    private static string Text(JsonNode? parent, string name) =>
        parent is JsonObject && parent[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private string? StringAt(string map, string name) =>
        Find("metadata", map) is JsonObject entries && entries[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private void SetStringAt(string map, string name, string? value)
    {
        if (value is null)
        {
            (Metadata[map] as JsonObject)?.Remove(name);
            return;
        }

        if (Metadata[map] is not JsonObject entries)
        {
            Metadata[map] = entries = [];
        }

        entries[name] = value;
    }
}
