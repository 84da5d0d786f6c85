using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace SecretsOps.GitOps;

/// <summary>Whether <c>*</c> and <c>?</c> stop at a slash, and what <c>**</c> means between two.</summary>
internal enum GlobSeparator
{
    None,
    Slash,

    /// <summary>As for files: they stop, and <c>a/**/b</c> fits <c>a/b</c> too.</summary>
    Folder,
}

/// <summary>A pattern in the notation that Argo CD's fields use: <c>* ** ? [a-z] [!a] {a,b} \x</c>.</summary>
internal static class GlobPattern
{
    // Compiling one takes longer than a thousand matches, and the same few are asked for every object and file.
    private const int MostCompiled = 512;

    private static readonly SearchValues<char> Special = SearchValues.Create("*?[{}\\");
    private static readonly ConcurrentDictionary<(string Pattern, GlobSeparator Separator), Regex> Compiled = new();

    /// <summary>Whether the whole of <paramref name="text"/> fits.</summary>
    /// <exception cref="FormatException">The pattern cannot be read.</exception>
    public static bool IsMatch(string pattern, string text, GlobSeparator separator = GlobSeparator.None)
    {
        if (pattern.AsSpan().IndexOfAny(Special) < 0)
        {
            return pattern == text;
        }

        return (pattern == "*" && separator == GlobSeparator.None) || Remembered(pattern, separator).IsMatch(text);
    }

    private static Regex Remembered(string pattern, GlobSeparator separator)
    {
        if (Compiled.TryGetValue((pattern, separator), out var regex))
        {
            return regex;
        }

        if (Compiled.Count >= MostCompiled)
        {
            Compiled.Clear(); // patterns come from users: whoever writes new ones without end must not fill the memory
        }

        return Compiled[(pattern, separator)] = Compile(pattern, separator);
    }

    private static Regex Compile(string pattern, GlobSeparator separator)
    {
        try
        {
            // Not backtracking: a hostile pattern costs no more than its length.
            return new Regex(Translate(pattern, separator), RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"'{pattern}' is not a valid pattern: {exception.Message}", exception);
        }
    }

    private static string Translate(string pattern, GlobSeparator separator)
    {
        var any = separator == GlobSeparator.None ? "." : "[^/]";
        var regex = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when separator == GlobSeparator.Folder && (i == 0 || pattern[i - 1] == '/') && string.CompareOrdinal(pattern, i, "**/", 0, 3) == 0:
                    regex.Append("(?:.*/)?");
                    i += 2;
                    break;
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    regex.Append(".*");
                    i++;
                    break;
                case '*':
                    regex.Append(any).Append('*');
                    break;
                case '?':
                    regex.Append(any);
                    break;
                case '[' when pattern.IndexOf(']', i + 1) is var end and > 0:
                    AppendClass(regex, pattern[(i + 1)..end]);
                    i = end;
                    break;
                case '\\' when i + 1 < pattern.Length:
                    regex.Append(Regex.Escape(pattern[++i].ToString()));
                    break;
                default:
                    AppendPlain(regex, pattern[i], IsInBraces(pattern, i));
                    break;
            }
        }

        return regex.Append('$').ToString();
    }

    private static void AppendPlain(StringBuilder regex, char character, bool isInBraces) => regex.Append((character, isInBraces) switch
    {
        ('{', _) => "(?:",
        ('}', true) => ")",
        (',', true) => "|",
        _ => Regex.Escape(character.ToString()),
    });

    private static void AppendClass(StringBuilder regex, string members)
    {
        var isNegated = members.StartsWith('!') || members.StartsWith('^');
        var escaped = (isNegated ? members[1..] : members).Replace("\\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal);
        regex.Append(isNegated ? "[^" : "[").Append(escaped).Append(']');
    }

    private static bool IsInBraces(string pattern, int position)
    {
        var before = pattern.AsSpan(0, position);
        return before.Count('{') > before.Count('}');
    }
}
