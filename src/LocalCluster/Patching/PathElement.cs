using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Patching;

/// <summary>One step of a field path, in the text form that <c>fieldsV1</c> uses: <c>f:name</c>, <c>k:{…}</c>, <c>v:…</c> or <c>i:3</c>.</summary>
internal readonly record struct PathElement(string Text) : IComparable<PathElement>
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether it names a field of a map.</summary>
    public bool IsField => Text.StartsWith("f:", StringComparison.Ordinal);

    /// <summary>The field's name.</summary>
    public string FieldName => Text[2..];

    /// <summary>A field of a map.</summary>
    public static PathElement Field(string name) => new("f:" + name);

    /// <summary>An element of a set.</summary>
    public static PathElement Value(JsonNode value) => new("v:" + value.ToJsonString(Compact));

    /// <summary>An element of a list of maps, by the values of its key fields.</summary>
    public static PathElement Key(IEnumerable<(string Name, JsonNode? Value)> keys)
    {
        var json = new JsonObject();
        foreach (var (name, value) in keys.OrderBy(key => key.Name, StringComparer.Ordinal))
        {
            json[name] = value?.DeepClone();
        }

        return new("k:" + json.ToJsonString(Compact));
    }

    /// <summary>Reads the text of a <c>fieldsV1</c> key; null for a form this version does not know.</summary>
    public static PathElement? Parse(string text)
    {
        if (text.Length < 2 || text[1] != ':')
        {
            throw new FormatException($"'{text}' is not a path element");
        }

        // Other writers may have spelled the JSON with spaces or another key order; our own spelling is the identity.
        return text[0] switch
        {
            'f' or 'i' => new(text),
            'v' => Value(JsonNode.Parse(text[2..])!),
            'k' => Key(JsonNode.Parse(text[2..])!.AsObject().Select(pair => (pair.Key, pair.Value))),
            _ => null,
        };
    }

    /// <summary>As conflict messages show it: <c>.name</c>, <c>[key="x"]</c>, <c>[="x"]</c> or <c>[3]</c>.</summary>
    public override string ToString() => Text[0] switch
    {
        'f' => "." + FieldName,
        'k' => "[" + string.Join(",", JsonNode.Parse(FieldName)!.AsObject().Select(pair => $"{pair.Key}={pair.Value?.ToJsonString(Compact) ?? "null"}")) + "]",
        'v' => $"[={FieldName}]",
        _ => $"[{FieldName}]",
    };

    /// <summary>Fields come first, then keys, values and indexes.</summary>
    public int CompareTo(PathElement other)
    {
        var rank = Rank.CompareTo(other.Rank);
        return rank != 0 ? rank : string.CompareOrdinal(Text, other.Text);
    }

    private int Rank => "fkvi".IndexOf(Text[0], StringComparison.Ordinal);
}
