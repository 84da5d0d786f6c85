using System.Text;

namespace SecretsOps.Cli.Ksops;

/// <summary>Reads dotenv text as shells' tools do: <c>export</c>, quotes over several lines, escapes, comments. (SOPS's own dotenv store knows none of it.)</summary>
internal static class DotenvValues
{
    /// <exception cref="CliException">A line is no assignment; the message names file and line.</exception>
    public static List<(string Key, string Value)> Parse(string text, string file)
    {
        var values = new List<(string Key, string Value)>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end;
            var line = text[at..end].TrimStart();
            if (line.Length == 0 || line[0] == '#' || line.Trim().Length == 0)
            {
                at = end + 1;
                continue;
            }

            var separator = text.AsSpan(at, end - at).IndexOfAny('=', ':');
            if (separator < 0)
            {
                throw new CliException($"{file}:{text.AsSpan(0, at).Count('\n') + 1}: expected KEY=value");
            }

            var key = text.Substring(at, separator).Trim();
            key = key.StartsWith("export ", StringComparison.Ordinal) ? key[7..].Trim() : key;
            values.Add((key, Value(text, at + separator + 1, ref at)));
        }

        return values;
    }

    private static string Value(string text, int start, ref int next)
    {
        while (start < text.Length && text[start] is (' ' or '\t'))
        {
            start++;
        }

        if (start < text.Length && text[start] is ('"' or '\''))
        {
            var close = Closing(text, start);
            if (close > 0)
            {
                next = text.IndexOf('\n', close) is var after && after < 0 ? text.Length : after + 1;
                var inner = text[(start + 1)..close];
                return text[start] == '"' ? Unescaped(inner) : inner;
            }
        }

        var end = text.IndexOf('\n', start);
        end = end < 0 ? text.Length : end;
        next = end + 1;
        var value = text[start..end];
        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        return (comment < 0 ? value : value[..comment]).Trim();
    }

    private static int Closing(string text, int open)
    {
        for (var at = open + 1; at < text.Length; at++)
        {
            if (text[at] == '\\' && text[open] == '"')
            {
                at++;
            }
            else if (text[at] == text[open])
            {
                return at;
            }
        }

        return -1;
    }

    private static string Unescaped(string text)
    {
        var output = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            output.Append(text[at] == '\\' && at + 1 < text.Length
                ? text[++at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other }
                : text[at]);
        }

        return output.ToString();
    }
}
