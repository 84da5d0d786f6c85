using System.Text.Json;
using SecretsOps.LocalCluster.Kinds;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Selectors;

/// <summary>Which objects of a kind a list or watch is about: namespace, labels, fields.</summary>
internal sealed class ObjectSelector
{
    private static readonly Dictionary<string, string> NoLabels = [];

    private readonly string _namespace;
    private readonly LabelSelector _labels;
    private readonly FieldSelector _fields;

    private ObjectSelector(string @namespace, LabelSelector labels, FieldSelector fields) => (_namespace, _labels, _fields) = (@namespace, labels, fields);

    internal static ObjectSelector Parse(ResourceKind kind, string @namespace, string labels, string fields) =>
        new(@namespace, LabelSelector.Parse(labels), FieldSelector.Parse(kind, fields));

    internal bool Matches(StoredObject stored) =>
        (_namespace.Length == 0 || stored.Key.Namespace == _namespace)
        && (_fields.Name is not { } name || stored.Key.Name == name)
        && (_labels.IsEmpty || _labels.Matches(LabelsOf(stored.Json.Span)))
        && (_fields.IsEmpty || _fields.Matches(stored.Json));

    /// <summary>Reads <c>metadata.labels</c> without building the rest of the object.</summary>
    private static Dictionary<string, string> LabelsOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return Enter(ref reader, "metadata"u8) && Enter(ref reader, "labels"u8) ? ReadLabels(ref reader) : NoLabels;
    }

    /// <summary>Moves from before an object into the object under one of its names.</summary>
    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (reader.TokenType != JsonTokenType.StartObject && !(reader.Read() && reader.TokenType == JsonTokenType.StartObject))
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isWanted = reader.ValueTextEquals(name);
            reader.Read();
            if (isWanted)
            {
                return reader.TokenType == JsonTokenType.StartObject;
            }

            reader.Skip();
        }

        return false;
    }

    private static Dictionary<string, string> ReadLabels(ref Utf8JsonReader reader)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            labels[name] = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        }

        return labels;
    }
}
