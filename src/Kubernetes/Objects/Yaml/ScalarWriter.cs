using System.Globalization;
using System.Text;

namespace SecretsOps.Kubernetes.Objects.Yaml;

/// <summary>Writes one text in the style go-yaml v2 would choose, folding at 80 columns where that style allows.</summary>
internal sealed class ScalarWriter(YamlOutput output)
{
    private const int BestWidth = 80;
    private const int LongestSimpleKey = 128;

    /// <summary>Whether a text can stand before a colon on one line.</summary>
    internal static bool IsSimpleKey(string text) =>
        Encoding.UTF8.GetByteCount(text) <= LongestSimpleKey && !ScalarAnalysis.Of(Runes(text)).IsMultiline;

    internal void WriteKey(string text)
    {
        var runes = Runes(text);
        WriteFlow(text, runes, ScalarAnalysis.Of(runes), indent: 0, mayFold: false);
    }

    /// <summary>Writes a value; lines after the first stand at <paramref name="indent"/>.</summary>
    internal void WriteText(string text, int indent)
    {
        var runes = Runes(text);
        var analysis = ScalarAnalysis.Of(runes);
        if (!text.Contains('\n', StringComparison.Ordinal))
        {
            WriteFlow(text, runes, analysis, indent, mayFold: true);
        }
        else if (analysis.AllowsLiteral)
        {
            WriteLiteral(runes, indent);
        }
        else
        {
            WriteDoubleQuoted(runes, indent, mayFold: true);
        }
    }

    private static Rune[] Runes(string text) => [.. text.EnumerateRunes()];

    private void WriteFlow(string text, Rune[] runes, ScalarAnalysis analysis, int indent, bool mayFold)
    {
        var readsAsText = YamlScalar.Resolve(text).Kind == ScalarKind.Text && !YamlScalar.IsSexagesimal(text);
        if (!readsAsText || !analysis.AllowsSingleQuotes || (analysis.IsMultiline && !mayFold))
        {
            WriteDoubleQuoted(runes, indent, mayFold);
        }
        else if (analysis.AllowsPlain)
        {
            WritePlain(runes, indent, mayFold);
        }
        else
        {
            WriteSingleQuoted(runes, indent, mayFold);
        }
    }

    private void WritePlain(Rune[] text, int indent, bool mayFold)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (mayFold && IsFoldPoint(text, i))
            {
                Fold(indent);
            }
            else
            {
                output.Write(text[i]);
            }
        }
    }

    private void WriteSingleQuoted(Rune[] text, int indent, bool mayFold)
    {
        output.Write("'");
        for (var i = 0; i < text.Length; i++)
        {
            if (i > 0 && YamlCharacters.IsBreak(text[i - 1]) && !YamlCharacters.IsBreak(text[i]))
            {
                output.Pad(indent);
            }

            if (YamlCharacters.IsBreak(text[i]))
            {
                output.WriteBreak(text[i]);
            }
            else if (mayFold && i > 0 && i < text.Length - 1 && IsFoldPoint(text, i))
            {
                Fold(indent);
            }
            else
            {
                output.Write(text[i].Value == '\'' ? "''" : text[i].ToString());
            }
        }

        output.Write("'");
    }

    private void WriteDoubleQuoted(Rune[] text, int indent, bool mayFold)
    {
        output.Write("\"");
        for (var i = 0; i < text.Length; i++)
        {
            if (NeedsEscape(text[i]))
            {
                output.Write(Escape(text[i]));
            }
            else if (mayFold && i > 0 && i < text.Length - 1 && IsFirstSpace(text, i) && output.Column > BestWidth)
            {
                Fold(indent);
                output.Write(YamlCharacters.IsSpace(text[i + 1]) ? "\\" : "");
            }
            else
            {
                output.Write(text[i]);
            }
        }

        output.Write("\"");
    }

    private void WriteLiteral(Rune[] text, int indent)
    {
        output.Write("|");
        output.Write(YamlCharacters.IsSpace(text[0]) || YamlCharacters.IsBreak(text[0]) ? "2" : "");
        output.Write(Chomping(text));
        output.NewLine();
        var isLineStart = true;
        foreach (var rune in text)
        {
            if (YamlCharacters.IsBreak(rune))
            {
                output.WriteBreak(rune);
                isLineStart = true;
                continue;
            }

            if (isLineStart)
            {
                output.Pad(indent);
            }

            output.Write(rune);
            isLineStart = false;
        }
    }

    private static string Chomping(Rune[] text)
    {
        if (!YamlCharacters.IsBreak(text[^1]))
        {
            return "-";
        }

        return text.Length == 1 || YamlCharacters.IsBreak(text[^2]) ? "+" : "";
    }

    private void Fold(int indent)
    {
        output.NewLine();
        output.Pad(indent);
    }

    private bool IsFoldPoint(Rune[] text, int i) =>
        output.Column > BestWidth && IsFirstSpace(text, i) && (i + 1 == text.Length || !YamlCharacters.IsSpace(text[i + 1]));

    private static bool IsFirstSpace(Rune[] text, int i) =>
        YamlCharacters.IsSpace(text[i]) && (i == 0 || !YamlCharacters.IsSpace(text[i - 1]));

    private static bool NeedsEscape(Rune rune) =>
        !YamlCharacters.IsPrintable(rune) || YamlCharacters.IsBreak(rune) || rune.Value is '"' or '\\';

    private static string Escape(Rune rune) => rune.Value switch
    {
        0x00 => "\\0",
        0x07 => "\\a",
        0x08 => "\\b",
        0x09 => "\\t",
        0x0A => "\\n",
        0x0B => "\\v",
        0x0C => "\\f",
        0x0D => "\\r",
        0x1B => "\\e",
        '"' => "\\\"",
        '\\' => "\\\\",
        0x85 => "\\N",
        0x2028 => "\\L",
        0x2029 => "\\P",
        <= 0xFF => "\\x" + rune.Value.ToString("X2", CultureInfo.InvariantCulture),
        <= 0xFFFF => "\\u" + rune.Value.ToString("X4", CultureInfo.InvariantCulture),
        _ => "\\U" + rune.Value.ToString("X8", CultureInfo.InvariantCulture),
    };
}
