using System.Buffers;
using System.Text;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>The emitter's pen: where it stands on the line decides whether indenting begins a new one.</summary>
internal sealed class YamlOutput
{
    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);

    public int Column { get; private set; }

    /// <summary>Whether a blank precedes the pen.</summary>
    public bool IsAfterBlank { get; private set; } = true;

    /// <summary>Whether the line holds indentation and indicators only.</summary>
    public bool IsInIndentation { get; private set; } = true;

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    /// <summary>Moves to a column, on a new line unless this line is still free up to it.</summary>
    public void Indent(int column)
    {
        if (!IsInIndentation || Column > column || (Column == column && !IsAfterBlank))
        {
            Break();
        }

        if (Column < column)
        {
            var spaces = column - Column;
            _buffer.GetSpan(spaces)[..spaces].Fill((byte)' ');
            _buffer.Advance(spaces);
            Column = column;
        }

        IsAfterBlank = true;
    }

    public void Break()
    {
        _buffer.Write("\n"u8);
        Column = 0;
        IsAfterBlank = true;
        IsInIndentation = true;
    }

    /// <summary>A line break of the text itself: NEL, LS or PS.</summary>
    public void WideBreak(ReadOnlySpan<byte> character)
    {
        _buffer.Write(character);
        Column = 0;
        IsInIndentation = true;
    }

    /// <summary>An indicator such as <c>-</c>; some keep the line open for more indentation.</summary>
    public void Indicator(ReadOnlySpan<byte> text, bool needsBlank, bool leavesBlank, bool keepsIndentation)
    {
        if (needsBlank && !IsAfterBlank)
        {
            Raw(" "u8);
        }

        var wasInIndentation = IsInIndentation;
        Raw(text);
        IsAfterBlank = leavesBlank;
        IsInIndentation = wasInIndentation && keepsIndentation;
    }

    /// <summary>Text without line breaks.</summary>
    public void Raw(ReadOnlySpan<byte> text)
    {
        _buffer.Write(text);
        Column += text.Length;
        IsAfterBlank = false;
        IsInIndentation = false;
    }

    /// <summary>A comment, from the pen to the end of the line.</summary>
    public void Comment(string text)
    {
        Raw("#"u8);
        Raw(Encoding.UTF8.GetBytes(text));
        Break();
    }
}
