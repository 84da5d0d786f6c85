using System.Buffers;
using System.Text;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Scalars in one line or many: plain and quoted, with folding and escapes.</summary>
internal sealed partial class YamlScanner
{
    // Where a run of plain text must be looked at: blanks, breaks, indicators, and what is not ASCII.
    private static readonly SearchValues<byte> PlainStops = SearchValues.Create([.. "\0\t\n\r :,[]{}?"u8, .. Enumerable.Range(0x80, 0x80).Select(value => (byte)value)]);

    private readonly Gap _plainGap = new();

    private YamlToken ScanPlainScalar()
    {
        var start = Mark;
        var end = Mark;
        var gap = _plainGap;
        gap.Clear();
        List<byte>? folded = null;
        while (!IsDocumentIndicator("---"u8) && !IsDocumentIndicator("..."u8) && Current != '#')
        {
            var runStart = _at;
            AdvancePlainRun();
            if (_at > runStart)
            {
                if (gap.HasBreak)
                {
                    folded ??= [.. _text.AsSpan(start.Index, end.Index - start.Index)];
                    gap.FoldInto(folded);
                }
                else
                {
                    folded?.AddRange(_text.AsSpan(end.Index, runStart - end.Index));
                }

                folded?.AddRange(_text.AsSpan(runStart, _at - runStart));
                end = Mark;
                gap.Clear();
            }

            if (!IsBlank() && !IsBreak())
            {
                break;
            }

            ReadGap(gap, refuseTabBefore: _indent + 1);
            if (_flowDepth == 0 && _column < _indent + 1)
            {
                break;
            }
        }

        if (gap.HasBreak)
        {
            _isSimpleKeyAllowed = true;
        }

        ReadOnlyMemory<byte> value = folded is null ? _text.AsMemory(start.Index, end.Index - start.Index) : folded.ToArray();
        return new YamlToken(YamlTokenKind.Scalar, start, end) { Value = value, Style = YamlScalarStyle.Plain };
    }

    private void AdvancePlainRun()
    {
        while (true)
        {
            var ahead = _text.AsSpan(_at).IndexOfAny(PlainStops);
            if (ahead > 0)
            {
                _at += ahead;
                _column += ahead;
                _newlines = 0;
            }

            if (EndsPlainRun())
            {
                return;
            }

            AdvanceCharacter();
        }
    }

    private bool EndsPlainRun()
    {
        var current = Current;
        return current switch
        {
            (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or 0 => true,
            (byte)':' => IsBlankOrEnd(1) || (_flowDepth > 0 && _text[_at + 1] is (byte)',' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}'),
            (byte)',' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}' => _flowDepth > 0,
            (byte)'?' => _flowDepth > 0 && IsBlankOrEnd(1),
            >= 0xC2 => IsBreak(),
            _ => false,
        };
    }

    /// <summary>Reads blanks and line breaks between two runs of a scalar.</summary>
    private void ReadGap(Gap gap, int refuseTabBefore)
    {
        while (IsBlank() || IsBreak())
        {
            if (IsBreak())
            {
                ReadLine(gap.HasBreak ? gap.MoreBreaks : gap.FirstBreak);
                gap.Blanks.Clear();
                continue;
            }

            if (gap.HasBreak && _column < refuseTabBefore && Current == '\t')
            {
                throw Failure("found a tab character that violates indentation");
            }

            if (!gap.HasBreak)
            {
                gap.Blanks.Add(Current);
            }

            Advance(1);
        }
    }

    private YamlToken ScanQuotedScalar()
    {
        var start = Mark;
        var quote = Current;
        Advance(1);
        var simpleEnd = _text.AsSpan(_at).IndexOfAny(quote == '"' ? "\"\\\n\r\0\t"u8 : "'\n\r\0\t"u8);
        var span = _text.AsSpan(_at, simpleEnd);
        if (_text[_at + simpleEnd] == quote && (quote == '"' || _text[_at + simpleEnd + 1] != '\'') && !span.ContainsAnyInRange((byte)0x80, (byte)0xFF))
        {
            // One line of ASCII without an escape: no copy.
            var value = _text.AsMemory(_at, simpleEnd);
            Advance(simpleEnd + 1);
            return Quoted(start, quote, value);
        }

        var output = new List<byte>();
        while (true)
        {
            if (IsDocumentIndicator("---"u8) || IsDocumentIndicator("..."u8))
            {
                throw new YamlSyntaxException("found unexpected document indicator", start);
            }

            if (Current == 0)
            {
                throw new YamlSyntaxException("found unexpected end of stream", start);
            }

            var gap = new Gap();
            ReadQuotedRun(quote, output, gap);
            if (Current == quote && !gap.HasBreak)
            {
                break;
            }

            ReadGap(gap, refuseTabBefore: -1);
            if (gap.HasBreak)
            {
                gap.FoldInto(output);
            }
            else
            {
                output.AddRange(gap.Blanks);
            }
        }

        Advance(1);
        return Quoted(start, quote, output.ToArray());
    }

    private YamlToken Quoted(YamlMark start, byte quote, ReadOnlyMemory<byte> value) => new(YamlTokenKind.Scalar, start, Mark)
    {
        Value = value,
        Style = quote == '"' ? YamlScalarStyle.DoubleQuoted : YamlScalarStyle.SingleQuoted,
    };

    /// <summary>Reads up to the quote, a blank or a break; an escaped break begins the gap.</summary>
    private void ReadQuotedRun(byte quote, List<byte> output, Gap gap)
    {
        while (!IsBlankOrEnd())
        {
            if (quote == '\'' && Current == '\'' && _text[_at + 1] == '\'')
            {
                output.Add((byte)'\'');
                Advance(2);
            }
            else if (Current == quote)
            {
                return;
            }
            else if (quote == '"' && Current == '\\' && IsBreak(1))
            {
                Advance(1);
                AdvanceLine();
                gap.IsEscaped = true;
                return;
            }
            else if (quote == '"' && Current == '\\')
            {
                ReadEscape(output);
            }
            else
            {
                ReadCharacter(output);
            }
        }
    }

    private void ReadEscape(List<byte> output)
    {
        var letter = _text[_at + 1];
        var digits = letter switch { (byte)'x' => 2, (byte)'u' => 4, (byte)'U' => 8, _ => 0 };
        if (digits == 0)
        {
            output.AddRange(SimpleEscape(letter));
            Advance(2);
            return;
        }

        var code = 0u;
        for (var i = 0; i < digits; i++)
        {
            var digit = _text[_at + 2 + i];
            if (!char.IsAsciiHexDigit((char)digit))
            {
                throw Failure("did not find expected hexdecimal number");
            }

            code = unchecked((code << 4) + (uint)Convert.ToInt32(((char)digit).ToString(), 16));
        }

        if (!Rune.IsValid(code))
        {
            throw Failure("found invalid Unicode character escape code");
        }

        Span<byte> utf8 = stackalloc byte[4];
        output.AddRange(utf8[..new Rune(code).EncodeToUtf8(utf8)]);
        Advance(2 + digits);
    }

    private ReadOnlySpan<byte> SimpleEscape(byte letter) => letter switch
    {
        (byte)'0' => "\0"u8,
        (byte)'a' => "\a"u8,
        (byte)'b' => "\b"u8,
        (byte)'t' or (byte)'\t' => "\t"u8,
        (byte)'n' => "\n"u8,
        (byte)'v' => "\v"u8,
        (byte)'f' => "\f"u8,
        (byte)'r' => "\r"u8,
        (byte)'e' => "\u001B"u8,
        (byte)' ' => " "u8,
        (byte)'"' => "\""u8,
        (byte)'\'' => "'"u8,
        (byte)'\\' => "\\"u8,
        (byte)'/' => "/"u8,
        (byte)'N' => "\u0085"u8,
        (byte)'_' => "\u00A0"u8,
        (byte)'L' => "\u2028"u8,
        (byte)'P' => "\u2029"u8,
        _ => throw Failure("found unknown escape character"),
    };

    /// <summary>What stands between two runs of a scalar: blanks, or breaks to be folded.</summary>
    private sealed class Gap
    {
        public List<byte> Blanks { get; } = [];

        public List<byte> FirstBreak { get; } = [];

        public List<byte> MoreBreaks { get; } = [];

        /// <summary>The break was escaped: it vanishes.</summary>
        public bool IsEscaped { get; set; }

        public bool HasBreak => IsEscaped || FirstBreak.Count > 0;

        public void Clear()
        {
            Blanks.Clear();
            FirstBreak.Clear();
            MoreBreaks.Clear();
            IsEscaped = false;
        }

        public void FoldInto(List<byte> output)
        {
            if (FirstBreak is [(byte)'\n', ..])
            {
                if (MoreBreaks.Count == 0)
                {
                    output.Add((byte)' ');
                }
            }
            else
            {
                output.AddRange(FirstBreak);
            }

            output.AddRange(MoreBreaks);
        }
    }
}
