namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Scalars after <c>|</c> and <c>&gt;</c>: header, indentation, chomping and folding.</summary>
internal sealed partial class YamlScanner
{
    private YamlToken ScanBlockScalar()
    {
        var start = Mark;
        var isLiteral = Current == '|';
        Advance(1);
        var (chomping, increment) = ReadBlockHeader();
        var indent = increment == 0 ? 0 : Math.Max(_indent, 0) + increment;
        var end = Mark;
        var output = new List<byte>();
        var firstBreak = new List<byte>();
        var moreBreaks = new List<byte>();
        ReadBlockBreaks(ref indent, moreBreaks, ref end);
        var isAfterBlank = false;
        while (_column == indent && Current != 0)
        {
            var isBlank = IsBlank();
            if (!isLiteral && !isAfterBlank && !isBlank && firstBreak is [(byte)'\n', ..])
            {
                if (moreBreaks.Count == 0)
                {
                    output.Add((byte)' ');
                }
            }
            else
            {
                output.AddRange(firstBreak);
            }

            firstBreak.Clear();
            output.AddRange(moreBreaks);
            moreBreaks.Clear();
            isAfterBlank = isBlank;
            var runStart = _at;
            while (!IsBreakOrEnd())
            {
                AdvanceCharacter();
            }

            output.AddRange(_text.AsSpan(runStart, _at - runStart));
            end = Mark;
            if (IsBreak())
            {
                ReadLine(firstBreak);
            }

            ReadBlockBreaks(ref indent, moreBreaks, ref end);
        }

        if (chomping >= 0)
        {
            output.AddRange(firstBreak);
        }

        if (chomping > 0)
        {
            output.AddRange(moreBreaks);
        }

        var style = isLiteral ? YamlScalarStyle.Literal : YamlScalarStyle.Folded;
        return new YamlToken(YamlTokenKind.Scalar, start, end) { Value = output.ToArray(), Style = style };
    }

    private (int Chomping, int Increment) ReadBlockHeader()
    {
        var chomping = 0;
        var increment = 0;
        for (var i = 0; i < 2; i++)
        {
            if (Current is (byte)'+' or (byte)'-' && chomping == 0)
            {
                chomping = Current == '+' ? 1 : -1;
                Advance(1);
            }
            else if (char.IsAsciiDigit((char)Current) && increment == 0)
            {
                increment = Current - '0';
                if (increment == 0)
                {
                    throw Failure("found an indentation indicator equal to 0");
                }

                Advance(1);
            }
        }

        while (IsBlank())
        {
            Advance(1);
        }

        // Compatibility: go-yaml drops a comment behind the header of a block scalar.
        while (Current == '#' && !IsBreakOrEnd())
        {
            ReadCommentLine();
        }

        if (!IsBreakOrEnd())
        {
            throw Failure("did not find expected comment or line break");
        }

        AdvanceLine();
        return (chomping, increment);
    }

    /// <summary>Reads indentation and empty lines; the first line with content fixes an indentation not given in the header.</summary>
    private void ReadBlockBreaks(ref int indent, List<byte> breaks, ref YamlMark end)
    {
        var deepest = 0;
        while (true)
        {
            while ((indent == 0 || _column < indent) && Current == ' ')
            {
                Advance(1);
            }

            deepest = Math.Max(deepest, _column);
            if ((indent == 0 || _column < indent) && Current == '\t')
            {
                throw Failure("found a tab character where an indentation space is expected");
            }

            if (!IsBreak())
            {
                break;
            }

            ReadLine(breaks);
            end = Mark;
        }

        if (indent == 0)
        {
            indent = Math.Max(Math.Max(deepest, _indent + 1), 1);
        }
    }
}
