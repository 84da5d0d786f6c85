using System.Text;

namespace SecretsOps.Sops.Stores.Ini;

/// <summary>Reads INI text by the rules of gopkg.in/ini v1, which sops uses.</summary>
/// <remarks>Values may be quoted by <c>`</c>, <c>"""</c> (also over several lines) or <c>"</c>; a trailing backslash continues; <c>;</c> and <c>#</c> begin a comment anywhere.</remarks>
internal sealed class IniReader(string text)
{
    private const string TripleQuote = "\"\"\"";

    private readonly StringBuilder _comment = new();
    private int _at = text.StartsWith('\uFEFF') ? 1 : 0;
    private int _line;

    /// <exception cref="SopsException">A line is neither a section, nor a key with a value, nor a comment.</exception>
    public List<IniSection> Read()
    {
        var sections = new List<IniSection> { new(IniSection.DefaultName) };
        while (NextLine() is { } raw)
        {
            var line = raw.TrimStart();
            if (line.Length == 0)
            {
                continue;
            }

            if (line[0] is '#' or ';')
            {
                _comment.Append(line);
            }
            else if (line[0] == '[')
            {
                sections.Add(ReadSection(line));
            }
            else
            {
                ReadKey(line, sections[^1]);
            }
        }

        return sections;
    }

    private IniSection ReadSection(string line)
    {
        var close = line.LastIndexOf(']');
        if (close < 2)
        {
            throw Failure(close < 0 ? "the section's closing bracket is missing" : "the section has no name");
        }

        AddTrailingComment(line[(close + 1)..]);
        return new IniSection(line[1..close]) { Comment = TakeComment() };
    }

    private void ReadKey(string line, IniSection section)
    {
        var (name, valueAt) = ReadName(line);
        var value = ReadValue(line[valueAt..]);
        var key = section.Keys.Find(known => string.Equals(known.Name, name, StringComparison.Ordinal));
        if (key is null)
        {
            section.Keys.Add(key = new IniKey(name, value));
        }

        key.Value = value;
        key.Comment = TakeComment();
    }

    private (string Name, int ValueAt) ReadName(string line)
    {
        var quote = line.StartsWith(TripleQuote, StringComparison.Ordinal) ? TripleQuote : line[0] is '"' or '`' ? line[..1] : "";
        var end = quote.Length == 0 ? -1 : line.IndexOf(quote, quote.Length, StringComparison.Ordinal);
        var delimiter = line.AsSpan(Math.Max(end, 0)).IndexOfAny('=', ':') + Math.Max(end, 0);
        if ((quote.Length > 0 && end < 0) || line.AsSpan(Math.Max(end, 0)).IndexOfAny('=', ':') < 0)
        {
            throw Failure("key-value delimiter not found");
        }

        var name = end < 0 ? line[..delimiter].Trim() : line[quote.Length..end];
        return name.Length > 0 ? (name, delimiter + 1) : throw Failure("the key is empty");
    }

    private string ReadValue(string rest)
    {
        var line = rest.TrimStart();
        if (line.Length == 0)
        {
            return "";
        }

        var quote = line.Length > 3 && line.StartsWith(TripleQuote, StringComparison.Ordinal) ? TripleQuote : line[0] == '`' ? "`" : "";
        if (quote.Length > 0)
        {
            var end = line.LastIndexOf(quote, StringComparison.Ordinal);
            return end >= quote.Length ? line[quote.Length..end] : ReadLines(line[quote.Length..], quote);
        }

        line = line.Trim();
        if (line[^1] == '\\')
        {
            return ReadContinuation(line[..^1]);
        }

        var comment = line.AsSpan().IndexOfAny('#', ';');
        if (comment >= 0)
        {
            _comment.Append(line, comment, line.Length - comment);
            line = line[..comment].Trim();
        }

        return IsQuoted(line, '\'') || IsQuoted(line, '"') ? line[1..^1] : line;
    }

    private string ReadLines(string first, string quote)
    {
        var value = new StringBuilder(first);
        while (NextLine() is { } line)
        {
            var end = line.LastIndexOf(quote, StringComparison.Ordinal);
            if (end >= 0)
            {
                AddTrailingComment(line[(end + quote.Length)..]);
                return value.Append(line, 0, end).ToString();
            }

            value.Append(line);
        }

        throw Failure($"the closing {quote} of a value is missing");
    }

    private string ReadContinuation(string first)
    {
        var value = new StringBuilder(first);
        while (NextLine()?.Trim() is { Length: > 0 } line)
        {
            value.Append(line);
            if (line[^1] != '\\')
            {
                break;
            }

            value.Length--;
        }

        return value.ToString();
    }

    private static bool IsQuoted(string text, char quote) => text.Length >= 2 && text[0] == quote && text.IndexOf(quote, 1) == text.Length - 1;

    private void AddTrailingComment(string text)
    {
        var at = text.AsSpan().IndexOfAny('#', ';');
        if (at >= 0)
        {
            _comment.Append(text, at, text.Length - at);
        }
    }

    private string TakeComment()
    {
        var comment = _comment.ToString().Trim();
        _comment.Clear();
        return comment;
    }

    /// <summary>The next line with its line feed.</summary>
    private string? NextLine()
    {
        if (_at == text.Length)
        {
            return null;
        }

        var end = text.IndexOf('\n', _at);
        var line = end < 0 ? text[_at..] : text[_at..(end + 1)];
        _at += line.Length;
        _line++;
        return line;
    }

    private SopsException Failure(string problem) => new(SopsExitCode.CannotRead, $"Error unmarshalling ini, line {_line}: {problem}");
}
