using System.Runtime.CompilerServices;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Moving through the text: what blanks and breaks are, and counting lines and columns.</summary>
internal sealed partial class YamlScanner
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsBlank(int offset = 0) => _text[_at + offset] is (byte)' ' or (byte)'\t';

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsBlankOrEnd(int offset = 0) => IsBlank(offset) || IsBreakOrEnd(offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsBreakOrEnd(int offset = 0) => _text[_at + offset] == 0 || IsBreak(offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsBreak(int offset = 0)
    {
        var current = _text[_at + offset];
        return current is (byte)'\n' or (byte)'\r' || (current >= 0xC2 && YamlCharacter.IsWideBreak(_text.AsSpan(_at + offset)));
    }

    private bool IsDocumentIndicator(ReadOnlySpan<byte> indicator) =>
        _column == 0 && _text.AsSpan(_at).StartsWith(indicator) && IsBlankOrEnd(3);

    /// <summary>Steps over ASCII characters.</summary>
    private void Advance(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (!IsBlank())
            {
                _newlines = 0;
            }

            _at++;
            _column++;
        }
    }

    /// <summary>Steps over one character of any width.</summary>
    private void AdvanceCharacter()
    {
        if (!IsBlank())
        {
            _newlines = 0;
        }

        _at += YamlCharacter.WidthOf(Current);
        _column++;
    }

    /// <summary>Steps over one line break.</summary>
    private void AdvanceLine()
    {
        if (IsBreak())
        {
            _at += BreakWidth();
            _column = 0;
            _line++;
            _newlines++;
        }
    }

    private int BreakWidth() => Current switch
    {
        (byte)'\r' => _text[_at + 1] == '\n' ? 2 : 1,
        (byte)'\n' => 1,
        0xC2 => 2,
        _ => 3,
    };

    /// <summary>Appends a line break as YAML normalises it, and steps over it.</summary>
    private void ReadLine(List<byte> output)
    {
        if (Current == 0xE2)
        {
            output.AddRange(_text.AsSpan(_at, 3));
        }
        else
        {
            output.Add((byte)'\n');
        }

        AdvanceLine();
    }

    private void ReadCharacter(List<byte> output)
    {
        var width = YamlCharacter.WidthOf(Current);
        output.AddRange(_text.AsSpan(_at, width));
        AdvanceCharacter();
    }
}
