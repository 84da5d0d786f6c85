using System.Globalization;

namespace SecretsOps.Sops.Stores.Toml;

/// <summary>Where the reader stands in a TOML text.</summary>
internal sealed class TomlCursor(string text)
{
    private int _at;

    public bool IsAtEnd => _at >= text.Length;

    /// <summary>The character here; NUL at the end.</summary>
    public char Current => _at < text.Length ? text[_at] : '\0';

    public ReadOnlySpan<char> Rest => text.AsSpan(_at);

    public void Advance(int count = 1) => _at += count;

    /// <summary>Steps over spaces and tabs and gives the character after them.</summary>
    public char SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            _at++;
        }

        return Current;
    }

    public void SkipBlankLines()
    {
        while (Current is ' ' or '\t' or '\n' || Rest.StartsWith("\r\n"))
        {
            _at++;
        }
    }

    public bool TryTake(char wanted)
    {
        if (Current != wanted || IsAtEnd)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes a character, blanks before it skipped.</summary>
    public void Expect(char wanted)
    {
        SkipBlanks();
        if (!TryTake(wanted))
        {
            throw Failure($"expected '{wanted}'");
        }
    }

    /// <summary>The text after the <c>#</c>, up to the end of the line.</summary>
    public string ReadComment()
    {
        Advance();
        var length = Rest.IndexOf('\n');
        var comment = (length < 0 ? Rest : Rest[..length]).TrimEnd('\r').ToString();
        Advance(comment.Length);
        return comment;
    }

    public string ReadBareKey()
    {
        var length = 0;
        while (length < Rest.Length && (char.IsAsciiLetterOrDigit(Rest[length]) || Rest[length] is '_' or '-'))
        {
            length++;
        }

        var key = Rest[..length].ToString();
        Advance(length);
        return length > 0 ? key : throw Failure("expected a key");
    }

    public void EndLine()
    {
        SkipBlanks();
        if (!IsAtEnd && Current != '\n' && !Rest.StartsWith("\r\n"))
        {
            throw Failure("expected the end of the line");
        }
    }

    /// <summary>A problem in this line; the message holds nothing of the text but what the caller puts in.</summary>
    public SopsException Failure(string problem) => new(
        SopsExitCode.CannotRead,
        $"toml: line {(text.AsSpan(0, Math.Min(_at, text.Length)).Count('\n') + 1).ToString(CultureInfo.InvariantCulture)}: {problem}");
}
