using System.Globalization;
using System.Text;
using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's functions that change the case of letters and the joints of words.</summary>
internal static class CaseFunctions
{
    internal static IEnumerable<TemplateFunction> All =>
    [
        OfText("upper", text => ByteText.Map(text, decoded => decoded.ToUpperInvariant())),
        OfText("lower", text => ByteText.Map(text, decoded => decoded.ToLowerInvariant())),
        OfText("title", text => ByteText.Map(text, decoded => ChangeFirst(decoded, IsGoSeparator, Rune.ToUpperInvariant))),
        OfText("untitle", text => ByteText.Map(text, decoded => ChangeFirst(decoded, Rune.IsWhiteSpace, Rune.ToLowerInvariant))),
        OfText("swapcase", text => ByteText.Map(text, decoded => string.Concat(decoded.EnumerateRunes().Select(Swap)))),
        OfText("initials", text => ByteText.Map(text, Initials)),
        OfText("snakecase", text => ByteText.Map(text, decoded => Joined(decoded, '_'))),
        OfText("kebabcase", text => ByteText.Map(text, decoded => Joined(decoded, '-'))),
        OfText("camelcase", text => ByteText.Map(text, Camel)),
    ];

    private static string ChangeFirst(string text, Func<Rune, bool> isSeparator, Func<Rune, Rune> change)
    {
        var result = new StringBuilder(text.Length);
        var isStart = true;
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append((isStart ? change(rune) : rune).ToString());
            isStart = isSeparator(rune);
        }

        return result.ToString();
    }

    // strings.Title's idea of what separates words
    private static bool IsGoSeparator(Rune rune)
    {
        if (rune.IsAscii)
        {
            return !char.IsAsciiLetterOrDigit((char)rune.Value) && rune.Value != '_';
        }

        return !Rune.IsLetterOrDigit(rune) && Rune.IsWhiteSpace(rune);
    }

    private static string Swap(Rune rune) =>
        (Rune.IsUpper(rune) ? Rune.ToLowerInvariant(rune) : Rune.IsLower(rune) ? Rune.ToUpperInvariant(rune) : rune).ToString();

    private static string Initials(string text) =>
        string.Concat(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => word.EnumerateRunes().First().ToString()));

    private static string Joined(string text, char connector)
    {
        var result = new StringBuilder();
        var isAfterConnector = true;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is ' ' or '_' or '-')
            {
                result.Append(connector);
                isAfterConnector = true;
                continue;
            }

            if (!isAfterConnector && StartsWord(text, i))
            {
                result.Append(connector);
            }

            result.Append(char.ToLowerInvariant(text[i]));
            isAfterConnector = false;
        }

        return result.ToString();
    }

    // HTTPServer is http_server, NoHTTPS no_https, http2xx http_2xx, Bld4Floor bld4_floor
    private static bool StartsWord(string text, int i)
    {
        var previous = text[i - 1];
        var next = i + 1 < text.Length ? text[i + 1] : '\0';
        if (char.IsUpper(text[i]))
        {
            return !char.IsUpper(previous) || char.IsLower(next);
        }

        return char.IsDigit(text[i]) && !char.IsDigit(previous) && !WordBeginsWithDigit(text, i) && char.IsLower(AfterDigits(text, i));
    }

    private static char AfterDigits(string text, int i)
    {
        while (i < text.Length && char.IsDigit(text[i]))
        {
            i++;
        }

        return i < text.Length ? text[i] : '\0';
    }

    private static bool WordBeginsWithDigit(string text, int i)
    {
        while (i > 0 && (char.IsLower(text[i - 1]) || char.IsDigit(text[i - 1])))
        {
            i--;
        }

        return char.IsDigit(text[i]) && (i == 0 || !char.IsUpper(text[i - 1]));
    }

    private static string Camel(string text)
    {
        var result = new StringBuilder();
        var isStart = true;
        foreach (var c in text)
        {
            if (c is '_' or '-' or ' ')
            {
                isStart = true;
                continue;
            }

            result.Append(isStart ? char.ToUpper(c, CultureInfo.InvariantCulture) : c);
            isStart = false;
        }

        return result.ToString();
    }
}
