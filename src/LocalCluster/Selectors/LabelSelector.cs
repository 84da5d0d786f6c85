using SecretsOps.LocalCluster.Http;

namespace SecretsOps.LocalCluster.Selectors;

/// <summary>A label selector as <c>labelSelector=</c> writes it: <c>a=b,c!=d,e in (f,g),h,!i,j&gt;1</c>.</summary>
internal sealed class LabelSelector
{
    private readonly IReadOnlyList<Requirement> _requirements;

    private LabelSelector(IReadOnlyList<Requirement> requirements) => _requirements = requirements;

    private enum Operator
    {
        Exists,
        Absent,
        In,
        NotIn,
        Greater,
        Less,
    }

    internal bool IsEmpty => _requirements.Count == 0;

    /// <exception cref="StatusException">The text is no selector.</exception>
    internal static LabelSelector Parse(string text) => new([.. Split(text).Select(ParseRequirement)]);

    internal bool Matches(IReadOnlyDictionary<string, string> labels) => _requirements.All(requirement => requirement.Matches(labels));

    /// <summary>Splits at commas that are not inside a set's parentheses.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var (start, depth) = (0, 0);
        for (var at = 0; at <= text.Length; at++)
        {
            if (at == text.Length || (text[at] == ',' && depth == 0))
            {
                if (text[start..at].Trim() is { Length: > 0 } part)
                {
                    yield return part;
                }

                start = at + 1;
            }
            else
            {
                depth += text[at] switch { '(' => 1, ')' => -1, _ => 0 };
            }
        }
    }

    private static Requirement ParseRequirement(string text)
    {
        if (text.EndsWith(')') && text.IndexOf('(', StringComparison.Ordinal) is var open && open > 0)
        {
            return ParseSet(text, text[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries), text[(open + 1)..^1]);
        }

        foreach (var (symbol, @operator) in ((string, Operator)[])[("!=", Operator.NotIn), ("==", Operator.In), ("=", Operator.In), (">", Operator.Greater), ("<", Operator.Less)])
        {
            if (text.IndexOf(symbol, StringComparison.Ordinal) is var at && at > 0)
            {
                return new(text[..at].Trim(), @operator, [text[(at + symbol.Length)..].Trim()]);
            }
        }

        var isAbsent = text[0] == '!';
        var key = (isAbsent ? text[1..] : text).Trim();
        return key.Contains(' ', StringComparison.Ordinal) || key.Length == 0 ? throw Unreadable(text) : new(key, isAbsent ? Operator.Absent : Operator.Exists, []);
    }

    private static Requirement ParseSet(string text, string[] head, string values) => head switch
    {
        [var key, "in"] => new(key, Operator.In, values.Split(',', StringSplitOptions.TrimEntries)),
        [var key, "notin"] => new(key, Operator.NotIn, values.Split(',', StringSplitOptions.TrimEntries)),
        _ => throw Unreadable(text),
    };

    private static StatusException Unreadable(string text) => ApiErrors.BadRequest($"unable to parse requirement: '{text}' is not a label selector");

    private sealed record Requirement(string Key, Operator Operator, string[] Values)
    {
        internal bool Matches(IReadOnlyDictionary<string, string> labels)
        {
            var has = labels.TryGetValue(Key, out var value);
            return Operator switch
            {
                Operator.Exists => has,
                Operator.Absent => !has,
                Operator.In => has && Values.Contains(value),
                Operator.NotIn => !has || !Values.Contains(value),
                _ => has && long.TryParse(value, out var number) && long.TryParse(Values[0], out var bound)
                    && (Operator == Operator.Greater ? number > bound : number < bound),
            };
        }
    }
}
