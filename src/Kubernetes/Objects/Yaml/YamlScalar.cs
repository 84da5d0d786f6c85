using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace SecretsOps.Kubernetes.Objects.Yaml;

/// <summary>What a plain scalar means.</summary>
internal enum ScalarKind
{
    Text,
    Null,
    Boolean,
    Integer,
    Float,
    Timestamp,
    Merge,
}

/// <summary>Resolves plain scalars by the YAML 1.1 rules of go-yaml v2, which all of Kubernetes reads by.</summary>
internal static partial class YamlScalar
{
    private static readonly FrozenDictionary<string, (ScalarKind Kind, object? Value)> Words = BuildWords();

    internal static (ScalarKind Kind, object? Value) Resolve(string text)
    {
        if (Words.TryGetValue(text, out var word))
        {
            return word;
        }

        // go-yaml looks at numbers only behind a digit, a sign or a dot
        if (text[0] is not (>= '0' and <= '9' or '+' or '-' or '.'))
        {
            return (ScalarKind.Text, text);
        }

        return text[0] != '.' && YamlTimestamp.Matches(text) ? (ScalarKind.Timestamp, text) : ResolveNumber(text);
    }

    /// <summary>Whether YAML 1.1 readers elsewhere take the text for a base-60 number (<c>12:30</c>).</summary>
    internal static bool IsSexagesimal(string text) =>
        text.Length > 0 && text[0] is '+' or '-' or (>= '0' and <= '9') && text.Contains(':', StringComparison.Ordinal) && Sexagesimal().IsMatch(text);

    private static (ScalarKind Kind, object? Value) ResolveNumber(string text)
    {
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (text[0] != '.' && ParseInteger(plain) is { } integer)
        {
            return (ScalarKind.Integer, integer <= long.MaxValue ? (long)integer : (object)(ulong)integer);
        }

        if (DecimalFloat().IsMatch(plain) && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number))
        {
            return (ScalarKind.Float, number);
        }

        return (ScalarKind.Text, text);
    }

    /// <summary>A number that fits Go's int64 or uint64, or null: ParseInt with base 0.</summary>
    private static BigInteger? ParseInteger(string plain)
    {
        var isNegative = plain.StartsWith('-');
        var digits = plain.AsSpan(isNegative || plain.StartsWith('+') ? 1 : 0);
        if (TakeBase(ref digits) is not { } radix || digits.IsEmpty || digits.Length > 66)
        {
            return null;
        }

        var value = BigInteger.Zero;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
            if (digit >= radix)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        value = isNegative ? -value : value;
        var largest = plain[0] == '+' ? long.MaxValue : ulong.MaxValue; // Go's ParseUint takes no sign
        return value >= long.MinValue && value <= largest ? value : null;
    }

    private static int? TakeBase(ref ReadOnlySpan<char> digits)
    {
        if (digits.Length < 2 || digits[0] != '0')
        {
            return 10;
        }

        var (radix, prefix) = digits[1] switch
        {
            'x' or 'X' => (16, 2),
            'b' or 'B' => (2, 2),
            'o' or 'O' => (8, 2),
            _ => (8, 1),
        };
        digits = digits[prefix..];
        return radix;
    }

    private static FrozenDictionary<string, (ScalarKind Kind, object? Value)> BuildWords()
    {
        var words = new Dictionary<string, (ScalarKind, object?)>();
        Add(words, ScalarKind.Boolean, true, "y Y yes Yes YES true True TRUE on On ON");
        Add(words, ScalarKind.Boolean, false, "n N no No NO false False FALSE off Off OFF");
        Add(words, ScalarKind.Null, null, "~ null Null NULL");
        Add(words, ScalarKind.Float, double.NaN, ".nan .NaN .NAN");
        Add(words, ScalarKind.Float, double.PositiveInfinity, ".inf .Inf .INF +.inf +.Inf +.INF");
        Add(words, ScalarKind.Float, double.NegativeInfinity, "-.inf -.Inf -.INF");
        Add(words, ScalarKind.Merge, null, "<<");
        words[""] = (ScalarKind.Null, null);
        return words.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void Add(Dictionary<string, (ScalarKind, object?)> words, ScalarKind kind, object? value, string spellings)
    {
        foreach (var spelling in spellings.Split(' '))
        {
            words[spelling] = (kind, value);
        }
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalFloat();

    [GeneratedRegex(@"^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sexagesimal();
}
