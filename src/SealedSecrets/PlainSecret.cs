using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets;

/// <summary>A Secret with its plaintext, before sealing or after unsealing; wiped when disposed.</summary>
public sealed class PlainSecret : IDisposable
{
    private readonly SortedDictionary<string, byte[]> _data = new(StringComparer.Ordinal);

    /// <summary>Makes a Secret without data.</summary>
    public PlainSecret(JsonObject metadata) => Metadata = metadata;

    /// <summary>Its metadata, in Go's field order.</summary>
    public JsonObject Metadata { get; }

    /// <summary>Its type; empty when it does not say.</summary>
    public string Type { get; init; } = "";

    /// <summary>Its <c>immutable</c> field, or null.</summary>
    public bool? IsImmutable { get; init; }

    /// <summary>The plaintext values by name, in ordinal order.</summary>
    public IReadOnlyDictionary<string, byte[]> Data => _data;

    /// <summary>Its name, or empty.</summary>
    public string Name => Metadata["name"] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    /// <summary>Its namespace, or empty.</summary>
    public string Namespace => Metadata["namespace"] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    /// <summary>Reads a Secret as Go's typed decoder would; <c>kind</c> is not looked at and <c>stringData</c> wins over <c>data</c>.</summary>
    /// <exception cref="SecretFormatException">A field has the wrong type or a value is not base64.</exception>
    public static PlainSecret Read(KubernetesObject secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var json = secret.Json;
        var metadata = json["metadata"] is { } node ? GoValue.Map(node, "Secret.metadata", "v1.ObjectMeta") : null;
        var plain = new PlainSecret(ObjectMetadata.Canonical(metadata, "Secret"))
        {
            Type = GoValue.Text(json["type"], "Secret.type") ?? "",
            IsImmutable = GoValue.Flag(json["immutable"], "Secret.immutable"),
        };
        plain.ReadData(json["data"]);
        plain.ReadTexts(json["stringData"]);
        return plain;
    }

    /// <summary>Sets one value; the Secret owns the array from now on and wipes it.</summary>
    public void Set(string name, byte[] value)
    {
        if (_data.TryGetValue(name, out var old))
        {
            CryptographicOperations.ZeroMemory(old);
        }

        _data[name] = value;
    }

    /// <summary>Removes one value, wiping it.</summary>
    public void Remove(string name)
    {
        if (_data.Remove(name, out var old))
        {
            CryptographicOperations.ZeroMemory(old);
        }
    }

    /// <summary>The Secret as a Kubernetes object, fields in Go's order. It holds the plaintext.</summary>
    public KubernetesObject ToObject()
    {
        var json = new JsonObject { ["kind"] = "Secret", ["apiVersion"] = "v1", ["metadata"] = Metadata.DeepClone() };
        if (IsImmutable is { } isImmutable)
        {
            json["immutable"] = isImmutable;
        }

        if (_data.Count > 0)
        {
            json["data"] = new JsonObject(_data.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Convert.ToBase64String(entry.Value))));
        }

        if (Type.Length > 0)
        {
            json["type"] = Type;
        }

        return new(json);
    }

    /// <summary>Wipes the values.</summary>
    public void Dispose()
    {
        foreach (var value in _data.Values)
        {
            CryptographicOperations.ZeroMemory(value);
        }

        _data.Clear();
    }

    /// <summary>Name and number of items, never a value.</summary>
    public override string ToString() => $"Secret/{Namespace}/{Name} [{_data.Count} secret values]";

    private void ReadData(JsonNode? data)
    {
        if (data is null)
        {
            return;
        }

        foreach (var (name, node) in GoValue.Map(data, "Secret.data", "map[string][]uint8"))
        {
            var text = Encoding.UTF8.GetBytes(GoValue.TextOf(node, "Secret.data", "[]uint8") ?? "");
            if (!SealedBase64.TryDecode(text, out var value, out var offset))
            {
                Dispose();
                throw new SecretFormatException(SealedBase64.ErrorAt(offset));
            }

            Set(name, value);
        }
    }

    private void ReadTexts(JsonNode? texts)
    {
        if (texts is null)
        {
            return;
        }

        foreach (var (name, node) in GoValue.Map(texts, "Secret.stringData", "map[string]string"))
        {
            Set(name, Encoding.UTF8.GetBytes(GoValue.Text(node, "Secret.stringData") ?? ""));
        }
    }
}
