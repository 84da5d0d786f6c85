using System.Globalization;
using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Tables;

/// <summary>The JSON paths that printer columns use: <c>.a.b</c>, <c>['a.b']</c>, <c>[0]</c>, <c>[*]</c>, <c>[?(@.a=="b")]</c>.</summary>
internal sealed class JsonPath
{
    private readonly IReadOnlyList<Func<JsonNode, IEnumerable<JsonNode?>>> _steps;

    private JsonPath(IReadOnlyList<Func<JsonNode, IEnumerable<JsonNode?>>> steps) => _steps = steps;

    internal static JsonPath Parse(string text)
    {
        var steps = new List<Func<JsonNode, IEnumerable<JsonNode?>>>();
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '[')
            {
                var end = EndOfBracket(text, at);
                steps.Add(BracketStep(text[(at + 1)..end].Trim()));
                at = end + 1;
                continue;
            }

            var start = text[at] == '.' ? at + 1 : at;
            at = EndOfName(text, start);
            if (at > start)
            {
                steps.Add(NameStep(text[start..at].Replace("\\.", ".", StringComparison.Ordinal)));
            }
        }

        return new JsonPath(steps);
    }

    internal IReadOnlyList<JsonNode> Select(JsonNode root)
    {
        IEnumerable<JsonNode> found = [root];
        foreach (var step in _steps)
        {
            found = found.SelectMany(step).OfType<JsonNode>();
        }

        return [.. found];
    }

    private static int EndOfName(string text, int at)
    {
        while (at < text.Length && text[at] is not ('.' or '['))
        {
            at += text[at] == '\\' && at + 1 < text.Length ? 2 : 1;
        }

        return at;
    }

    private static int EndOfBracket(string text, int at)
    {
        var quote = '\0';
        for (; at < text.Length; at++)
        {
            if (quote == '\0' ? text[at] is '\'' or '"' : text[at] == quote)
            {
                quote = quote == '\0' ? text[at] : '\0';
            }
            else if (text[at] == ']' && quote == '\0')
            {
                return at;
            }
        }

        return text.Length;
    }

    private static Func<JsonNode, IEnumerable<JsonNode?>> BracketStep(string inside)
    {
        if (inside == "*")
        {
            return node => node is JsonArray items ? items : node is JsonObject fields ? fields.Select(field => field.Value) : [];
        }

        if (inside.StartsWith("?(", StringComparison.Ordinal))
        {
            return FilterStep(inside[2..^1]);
        }

        if (int.TryParse(inside, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
        {
            return node => node is JsonArray items && (index < 0 ? items.Count + index : index) is var at && at >= 0 && at < items.Count ? [items[at]] : [];
        }

        return NameStep(inside.Trim('\'', '"'));
    }

    private static Func<JsonNode, IEnumerable<JsonNode?>> NameStep(string name) => node => node is JsonObject fields ? [fields[name]] : [];

    private static Func<JsonNode, IEnumerable<JsonNode?>> FilterStep(string condition)
    {
        var isEqual = condition.Contains("==", StringComparison.Ordinal);
        var sides = condition.Split(isEqual ? "==" : "!=", 2, StringSplitOptions.TrimEntries);
        var path = Parse(sides[0].TrimStart('@'));
        if (sides.Length == 1)
        {
            return node => node is JsonArray items ? items.Where(item => item is not null && path.Select(item).Count > 0) : [];
        }

        var wanted = sides[1].Trim('\'', '"');
        return node => node is JsonArray items
            ? items.Where(item => item is not null && (path.Select(item) is [var value, ..] && value.ToString() == wanted) == isEqual)
            : [];
    }
}
