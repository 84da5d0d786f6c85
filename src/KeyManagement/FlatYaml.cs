using System.Text.Json;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement;

/// <summary>The flat <c>name: value</c> files in which Secrets carry credentials; JSON objects of texts are read too.</summary>
internal static class FlatYaml
{
    /// <summary>The texts by name; nested values are left out.</summary>
    public static IReadOnlyDictionary<string, string> Read(string text)
    {
        var trimmed = text.Trim();
        return trimmed.StartsWith('{') ? ReadJson(trimmed) : ReadLines(trimmed);
    }

    private static Dictionary<string, string> ReadJson(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in ParseJson(text))
        {
            if (value is JsonValue scalar)
            {
                fields[name] = scalar.ToString();
            }
        }

        return fields;
    }

    private static JsonObject ParseJson(string text)
    {
        try
        {
            return JsonText.Parse(text) as JsonObject ?? throw new FormatException("the entry is no JSON object");
        }
        catch (JsonException)
        {
            throw new FormatException("the entry looks like JSON and is none, or has a name twice"); // the parser's own words may quote a secret
        }
    }

    private static Dictionary<string, string> ReadLines(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line.Length == 0 || char.IsWhiteSpace(line[0]) || line[0] == '#' || colon < 0)
            {
                continue;
            }

            var value = line[(colon + 1)..].Trim();
            fields[line[..colon].Trim().Trim('"', '\'')] = value is "|" or "|-" or ">" or ">-" ? Block(lines, ref i) : Unquote(value);
        }

        return fields;
    }

    private static string Block(string[] lines, ref int i)
    {
        List<string> block = [];
        while (i + 1 < lines.Length && (lines[i + 1].Trim().Length == 0 || char.IsWhiteSpace(lines[i + 1][0])))
        {
            block.Add(lines[++i].Trim());
        }

        return string.Join('\n', block).TrimEnd() + "\n";
    }

    private static string Unquote(string value)
    {
        if (value is ['"', .. var inDouble, '"'])
        {
            return inDouble.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        }

        if (value is ['\'', .. var inSingle, '\''])
        {
            return inSingle.Replace("''", "'", StringComparison.Ordinal);
        }

        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        return comment < 0 ? value : value[..comment].TrimEnd();
    }
}
