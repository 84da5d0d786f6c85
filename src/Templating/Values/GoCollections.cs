using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.Templating.Values;

/// <summary>A Go map with text keys; it always lists its entries sorted, as templates print and range over them.</summary>
public sealed class GoMap
{
    private readonly SortedDictionary<string, object?> _entries = new(StringComparer.Ordinal);

    /// <summary>Whether it is a <c>map[string]string</c>, whose missing entries are empty texts to <c>index</c>.</summary>
    public bool HasTextValues { get; init; }

    /// <summary>Entries by key, sorted.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Entries => _entries;

    /// <summary>How many entries there are.</summary>
    public int Count => _entries.Count;

    /// <summary>The keys, sorted.</summary>
    public IEnumerable<string> Keys => _entries.Keys;

    /// <summary>An entry; reading a missing one gives null.</summary>
    public object? this[string key]
    {
        get => _entries.GetValueOrDefault(key);
        set => _entries[key] = value;
    }

    /// <summary>The value of a key, when there is one.</summary>
    public bool TryGet(string key, out object? value) => _entries.TryGetValue(key, out value);

    /// <summary>Whether there is such a key.</summary>
    public bool Has(string key) => _entries.ContainsKey(key);

    /// <summary>Removes an entry.</summary>
    public void Remove(string key) => _entries.Remove(key);

    /// <summary>A flat map of byte values: the context of a Secret's template.</summary>
    public static GoMap OfBytes(IEnumerable<KeyValuePair<string, byte[]>> values)
    {
        var map = new GoMap { HasTextValues = true };
        foreach (var (key, value) in values)
        {
            map[ByteText.FromText(key)] = ByteText.FromBytes(value);
        }

        return map;
    }

    /// <summary>Prints no value.</summary>
    public override string ToString() => $"map of {Count}";
}

/// <summary>A Go slice.</summary>
public sealed class GoList(IEnumerable<object?> items, bool hasTextItems = false)
{
    /// <summary>The items.</summary>
    public List<object?> Items { get; } = [.. items];

    /// <summary>Whether it is a <c>[]string</c>.</summary>
    public bool HasTextItems => hasTextItems;

    /// <summary>Prints no item.</summary>
    public override string ToString() => $"list of {Items.Count}";
}

/// <summary>Turns JSON into what templates work on.</summary>
public static class GoJsonValue
{
    /// <summary>Objects become maps, arrays lists, numbers float64 as Go's encoding/json decodes them, texts their bytes.</summary>
    public static object? From(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonObject properties:
                var map = new GoMap();
                foreach (var (name, value) in properties)
                {
                    map[ByteText.FromText(name)] = From(value);
                }

                return map;
            case JsonArray array:
                return new GoList(array.Select(From));
            default:
                return FromScalar(node);
        }
    }

    /// <summary>A value as JSON text, as Go's encoding/json writes it without HTML escapes.</summary>
    /// <exception cref="Functions.TemplateFunctionException">The value nests too deep or holds what JSON cannot.</exception>
    public static string ToJson(object? value) => ByteText.ToText(new GoJsonWriter(escapesHtml: false, indent: "").Write(value));

    private static object? FromScalar(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.String => ByteText.FromText(node.GetValue<string>()),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => double.Parse(node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };
}
