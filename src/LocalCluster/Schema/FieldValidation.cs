using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Schema;

/// <summary>Strict field validation: fields a kind does not know, and fields given twice.</summary>
public static class FieldValidation
{
    /// <summary>What the body holds that would be dropped: <c>unknown field "spec.x"</c>, <c>duplicate field "data.y"</c>.</summary>
    /// <remarks><paramref name="unknown"/> are the kind's unknown fields of the parsed body; duplicates are only seen in the bytes (empty: not looked for).</remarks>
    public static IReadOnlyList<string> Check(ReadOnlySpan<byte> utf8Json, IReadOnlyList<string> unknown)
    {
        ArgumentNullException.ThrowIfNull(unknown);
        return [.. unknown.Select(path => $"unknown field \"{path}\""), .. Duplicates(utf8Json).Select(path => $"duplicate field \"{path}\"")];
    }

    /// <summary>The answer to a body with such fields under <c>fieldValidation=Strict</c>.</summary>
    public static ApiRejectionException Rejection(KindSchema kind, IReadOnlyList<string> problems)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return CannotBeHandled(kind, "strict decoding error: " + string.Join(", ", problems));
    }

    /// <summary>The answer to a patch that makes an object with such fields, under <c>fieldValidation=Strict</c>.</summary>
    public static ApiRejectionException PatchRejection(IReadOnlyList<string> problems) =>
        ApiRejectionException.InvalidPatch("{…}", "strict decoding error: " + string.Join(", ", problems));

    /// <summary>The answer to a body that cannot be read as the kind (see <see cref="KindSchema.TypeProblem"/>).</summary>
    public static ApiRejectionException CannotBeHandled(KindSchema kind, string problem)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return ApiRejectionException.BadRequest(
            $"{kind.Kind.Kind} in version \"{kind.Kind.Version}\" cannot be handled as a {kind.Kind.Kind}: {problem}");
    }

    /// <summary>Parses a body in which fields may occur twice; the last one counts, as in the API server.</summary>
    /// <exception cref="JsonException">The bytes are no JSON.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8Json)
    {
        var reader = new Utf8JsonReader(utf8Json);
        reader.Read();
        var node = ReadValue(ref reader);
        return reader.Read() ? throw new JsonException("There is more after the first JSON value.") : node;
    }

    private static JsonNode? ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = new JsonObject();
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    map[name] = ReadValue(ref reader);
                }

                return map;
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
                {
                    list.Add(ReadValue(ref reader));
                }

                return list;
            default:
                return JsonNode.Parse(ref reader);
        }
    }

    private static List<string> Duplicates(ReadOnlySpan<byte> utf8Json)
    {
        var found = new List<string>();
        var reader = new Utf8JsonReader(utf8Json);
        if (!utf8Json.IsEmpty && reader.Read())
        {
            FindDuplicates(ref reader, "", found);
        }

        return found;
    }

    private static void FindDuplicates(ref Utf8JsonReader reader, string path, List<string> found)
    {
        if (reader.TokenType is JsonTokenType.StartObject)
        {
            var seen = new HashSet<string>();
            while (reader.Read() && reader.TokenType is not JsonTokenType.EndObject)
            {
                var name = reader.GetString()!;
                var below = path.Length == 0 ? name : $"{path}.{name}";
                if (!seen.Add(name))
                {
                    found.Add(below);
                }

                reader.Read();
                FindDuplicates(ref reader, below, found);
            }
        }
        else if (reader.TokenType is JsonTokenType.StartArray)
        {
            for (var i = 0; reader.Read() && reader.TokenType is not JsonTokenType.EndArray; i++)
            {
                FindDuplicates(ref reader, $"{path}[{i}]", found);
            }
        }
    }
}
