namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Which styles can carry a text, by libyaml's rules.</summary>
internal readonly record struct YamlScalarAnalysis(bool IsMultiline, bool AllowsPlain, bool AllowsSingleQuoted, bool AllowsBlock)
{
    /// <summary>The style that sops ends up with for a string: plain where it reads back as the same string, quoted where not, literal with line breaks.</summary>
    public static YamlScalarStyle StyleOf(ReadOnlySpan<byte> text, bool isSimpleKey)
    {
        if (text.IsEmpty)
        {
            return YamlScalarStyle.DoubleQuoted;
        }

        var analysis = Analyze(text);
        if (text.Contains((byte)'\n'))
        {
            return analysis.AllowsBlock && !isSimpleKey ? YamlScalarStyle.Literal : YamlScalarStyle.DoubleQuoted;
        }

        if (!YamlScalarResolver.IsPlainText(text) || IsOldBoolean(text) || IsBase60(text) || (analysis.IsMultiline && isSimpleKey))
        {
            return YamlScalarStyle.DoubleQuoted;
        }

        return analysis.AllowsPlain ? YamlScalarStyle.Plain
            : analysis.AllowsSingleQuoted ? YamlScalarStyle.SingleQuoted
            : YamlScalarStyle.DoubleQuoted;
    }

    public static YamlScalarAnalysis Analyze(ReadOnlySpan<byte> text)
    {
        var hasIndicators = text.StartsWith("---"u8) || text.StartsWith("..."u8);
        var (hasBreaks, hasSpecials, hasTabs) = (false, false, false);
        var (breakSpace, spaceBreak) = (false, false);
        var (wasSpace, wasBreak, wasBlank) = (false, false, true);
        for (int at = 0, width; at < text.Length; at += width)
        {
            var current = text[at];
            width = YamlCharacter.WidthOf(current);
            var isBlankNext = at + width >= text.Length || text[at + width] is (byte)' ' or (byte)'\t';
            hasIndicators |= IsIndicator(current, at == 0, isBlankNext, wasBlank);
            var isBreak = YamlCharacter.IsBreak(text[at..]);
            hasTabs |= current == '\t';
            hasSpecials |= current != '\t' && !YamlCharacter.IsPrintable(text[at..]);
            hasBreaks |= isBreak;
            breakSpace |= current == ' ' && wasBreak;
            spaceBreak |= isBreak && wasSpace;
            (wasSpace, wasBreak) = (current == ' ', isBreak);
            wasBlank = isBreak || current is (byte)' ' or (byte)'\t';
        }

        var isPadded = text[0] == ' ' || YamlCharacter.IsBreak(text) || wasSpace || wasBreak;
        var needsEscapes = spaceBreak || hasSpecials;
        return new YamlScalarAnalysis(
            IsMultiline: hasBreaks,
            AllowsPlain: !(hasIndicators || isPadded || breakSpace || needsEscapes || hasTabs || hasBreaks),
            AllowsSingleQuoted: !(breakSpace || needsEscapes || hasTabs),
            AllowsBlock: !(wasSpace || needsEscapes));
    }

    private static bool IsIndicator(byte current, bool isFirst, bool isBlankNext, bool wasBlank) => current switch
    {
        (byte)'#' => isFirst || wasBlank,
        (byte)':' => isBlankNext,
        (byte)'?' or (byte)'-' => isFirst && isBlankNext,
        _ => isFirst && ",[]{}&*!|>'\"%@`"u8.IndexOf(current) >= 0,
    };

    /// <summary>The booleans of YAML 1.1 that go-yaml reads as strings and quotes for other readers' sake.</summary>
    private static bool IsOldBoolean(ReadOnlySpan<byte> text) => text.Length <= 3 && (text[0] | 0x20) switch
    {
        'y' => text.SequenceEqual("y"u8) || text.SequenceEqual("Y"u8) || text.SequenceEqual("yes"u8) || text.SequenceEqual("Yes"u8) || text.SequenceEqual("YES"u8),
        'n' => text.SequenceEqual("n"u8) || text.SequenceEqual("N"u8) || text.SequenceEqual("no"u8) || text.SequenceEqual("No"u8) || text.SequenceEqual("NO"u8),
        'o' => text.SequenceEqual("on"u8) || text.SequenceEqual("On"u8) || text.SequenceEqual("ON"u8)
            || text.SequenceEqual("off"u8) || text.SequenceEqual("Off"u8) || text.SequenceEqual("OFF"u8),
        _ => false,
    };

    /// <summary>Numbers in base 60 (<c>1:30</c>), again for other readers: sign, digits, groups of a colon and 0 to 59, a fraction.</summary>
    private static bool IsBase60(ReadOnlySpan<byte> text)
    {
        var at = text[0] is (byte)'+' or (byte)'-' ? 1 : 0;
        if (at == text.Length || !char.IsAsciiDigit((char)text[at]) || !text.Contains((byte)':'))
        {
            return false;
        }

        while (at < text.Length && (char.IsAsciiDigit((char)text[at]) || text[at] == '_'))
        {
            at++;
        }

        var groups = 0;
        while (at + 1 < text.Length && text[at] == ':' && char.IsAsciiDigit((char)text[at + 1]))
        {
            var isPair = text[at + 1] < '6' && at + 2 < text.Length && char.IsAsciiDigit((char)text[at + 2]);
            at += isPair ? 3 : 2;
            groups++;
        }

        if (at < text.Length && text[at] == '.')
        {
            at++;
            while (at < text.Length && (char.IsAsciiDigit((char)text[at]) || text[at] == '_'))
            {
                at++;
            }
        }

        return groups > 0 && at == text.Length;
    }
}
