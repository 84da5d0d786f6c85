using System.Globalization;
using System.Numerics;
using System.Text;

namespace SecretsOps.Templating.Values;

/// <summary>fmt.Sprintf: verbs, flags, width, precision, argument indexes, and Go's marks for what does not fit.</summary>
internal sealed class GoPrintf
{
    private readonly string _format;
    private readonly IReadOnlyList<object?> _arguments;
    private readonly int _longest;
    private readonly StringBuilder _result = new();
    private int _position;
    private int _argument;
    private bool _isReordered;

    private GoPrintf(string format, IReadOnlyList<object?> arguments, int longest)
    {
        _format = format;
        _arguments = arguments;
        _longest = longest;
    }

    /// <summary>Formats; <paramref name="longest"/> bounds width and precision.</summary>
    internal static string Format(string format, IReadOnlyList<object?> arguments, int longest) =>
        new GoPrintf(format, arguments, longest).Run();

    private string Run()
    {
        while (_position < _format.Length)
        {
            var percent = _format.IndexOf('%', _position);
            if (percent < 0)
            {
                _result.Append(_format, _position, _format.Length - _position);
                break;
            }

            _result.Append(_format, _position, percent - _position);
            _position = percent + 1;
            Verb();
        }

        if (!_isReordered && _argument < _arguments.Count)
        {
            var extra = _arguments.Skip(_argument).Select(value => value is null ? "<nil>" : $"{GoType.NameOf(value)}={GoFormat.Value(value)}");
            _result.Append("%!(EXTRA ").AppendJoin(", ", extra).Append(')');
        }

        return _result.ToString();
    }

    private void Verb()
    {
        var flags = new Flags();
        while (_position < _format.Length && "+-# 0".Contains(_format[_position], StringComparison.Ordinal))
        {
            flags.Set(_format[_position++]);
        }

        ReadIndex();
        flags.Width = ReadSize(flags);
        if (_position < _format.Length && _format[_position] == '.')
        {
            _position++;
            ReadIndex();
            flags.Precision = ReadSize(null) ?? 0;
        }

        ReadIndex();
        if (_position >= _format.Length)
        {
            _result.Append("%!(NOVERB)");
            return;
        }

        var verb = _format[_position++];
        if (verb == '%')
        {
            _result.Append('%');
            return;
        }

        if (_argument < 0 || _argument >= _arguments.Count)
        {
            _result.Append(CultureInfo.InvariantCulture, $"%!{verb}({(_argument < 0 ? "BADINDEX" : "MISSING")})");
            return;
        }

        _result.Append(Render(verb, _arguments[_argument++], flags));
    }

    private void ReadIndex()
    {
        if (_position >= _format.Length || _format[_position] != '[')
        {
            return;
        }

        var end = _format.IndexOf(']', _position);
        _isReordered = true;
        var isNumber = int.TryParse(end < 0 ? "" : _format.AsSpan(_position + 1, end - _position - 1), CultureInfo.InvariantCulture, out var index);
        _argument = isNumber && index >= 1 && index <= _arguments.Count ? index - 1 : -1;
        _position = end < 0 ? _format.Length : end + 1;
    }

    private int? ReadSize(Flags? flags)
    {
        if (_position < _format.Length && _format[_position] == '*')
        {
            _position++;
            var given = _argument < _arguments.Count ? GoType.Signed(_arguments[_argument++]) : null;
            if (given < 0 && flags is not null)
            {
                flags.Minus = true;
                given = -given;
            }

            return Bounded(given ?? 0);
        }

        var start = _position;
        while (_position < _format.Length && char.IsAsciiDigit(_format[_position]))
        {
            _position++;
        }

        return _position == start ? null : Bounded(long.Parse(_format.AsSpan(start, Math.Min(_position - start, 9)), CultureInfo.InvariantCulture));
    }

    private int Bounded(long size) => size <= _longest ? (int)size : throw new Functions.TemplateFunctionException($"width or precision {size} is too large");

    private static string Render(char verb, object? value, Flags flags)
    {
        if (verb == 'T')
        {
            return flags.Pad(GoType.IsNothing(value) ? "<nil>" : GoType.NameOf(value));
        }

        if (GoType.IsNothing(value))
        {
            return verb == 'v' ? flags.Pad("<nil>") : $"%!{verb}(<nil>)";
        }

        flags.DropPlusOf(verb);
        var text = value switch
        {
            bool flag => verb is 't' or 'v' ? flags.Pad(flag ? "true" : "false") : null,
            string carrier => Text(verb, carrier, flags),
            double number => Float(verb, number, flags),
            TimeSpan duration when verb is 'v' or 's' => flags.Pad(GoDuration.Format(duration)),
            DateTimeOffset time when verb is 'v' or 's' => flags.Pad(GoTime.Default(time)),
            GoMap or GoList => Collection(verb, value, flags),
            _ when GoType.Signed(value) is { } number => Integer(verb, number, flags),
            _ when GoType.Unsigned(value) is { } number => Integer(verb, number, flags),
            _ => flags.Pad(GoFormat.Value(value)),
        };
        return text ?? $"%!{verb}({GoType.NameOf(value)}={GoFormat.Value(value)})";
    }

    private static string? Collection(char verb, object value, Flags flags)
    {
        if (verb == 'v')
        {
            return flags.Pad(flags.Sharp ? GoFormat.Syntax(value) : GoFormat.Value(value));
        }

        return value is GoMap map
            ? $"map[{string.Join(' ', map.Entries.Select(pair => $"{Render(verb, pair.Key, flags)}:{Render(verb, pair.Value, flags)}"))}]"
            : $"[{string.Join(' ', ((GoList)value).Items.Select(item => Render(verb, item, flags)))}]";
    }

    private static string? Text(char verb, string carrier, Flags flags)
    {
        switch (verb)
        {
            case 'v' when flags.Sharp:
                return flags.Pad(GoQuote.Quote(carrier));
            case 's' or 'v':
                return flags.Pad(Truncate(carrier, flags.Precision));
            case 'q':
                var cut = Truncate(carrier, flags.Precision);
                return flags.Pad(flags.Sharp && !cut.Contains('`', StringComparison.Ordinal) ? $"`{cut}`" : GoQuote.Quote(cut));
            case 'x' or 'X':
                var bytes = ByteText.ToBytes(flags.Precision is { } most && most < carrier.Length ? carrier[..most] : carrier);
                var digits = bytes.Select(b => (flags.Sharp && flags.Space ? "0x" : "") + b.ToString("x2", CultureInfo.InvariantCulture));
                var hex = (flags.Sharp && !flags.Space && bytes.Length > 0 ? "0x" : "") + string.Join(flags.Space ? " " : "", digits);
                return flags.Pad(verb == 'X' ? hex.ToUpperInvariant() : hex);
            default:
                return null;
        }
    }

    private static string Truncate(string carrier, int? runes)
    {
        if (runes is null)
        {
            return carrier;
        }

        var bytes = ByteText.ToBytes(carrier).AsSpan();
        var length = 0;
        for (var n = 0; n < runes && length < bytes.Length; n++)
        {
            Rune.DecodeFromUtf8(bytes[length..], out _, out var consumed);
            length += consumed;
        }

        return carrier[..length];
    }

    private static string? Integer(char verb, BigInteger number, Flags flags)
    {
        switch (verb)
        {
            case 'v' or 'd':
                return flags.PadNumber(Digits(number, 10, flags), "");
            case 'b':
                return flags.PadNumber(Digits(number, 2, flags), flags.Sharp ? "0b" : "");
            case 'o':
                return flags.PadNumber(Digits(number, 8, flags), flags.Sharp ? "0" : "");
            case 'O':
                return flags.PadNumber(Digits(number, 8, flags), "0o");
            case 'x':
                return flags.PadNumber(Digits(number, 16, flags), flags.Sharp ? "0x" : "");
            case 'X':
                return flags.PadNumber(Digits(number, 16, flags).ToUpperInvariant(), flags.Sharp ? "0X" : "");
            case 'c':
                return flags.Pad(ByteText.FromText((Rune.IsValid((int)number) ? new Rune((int)number) : Rune.ReplacementChar).ToString()));
            case 'q':
                return flags.Pad(GoQuote.QuoteRune((long)number));
            case 'U':
                return flags.Pad($"U+{(int)number:X4}");
            default:
                return null;
        }
    }

    private static string Digits(BigInteger number, int radix, Flags flags)
    {
        var rest = BigInteger.Abs(number);
        var digits = rest.IsZero ? "0" : "";
        while (!rest.IsZero)
        {
            digits = "0123456789abcdef"[(int)(rest % radix)] + digits;
            rest /= radix;
        }

        digits = digits.PadLeft(flags.Precision ?? 0, '0');
        return (number.Sign < 0 ? "-" : flags.Plus ? "+" : flags.Space ? " " : "") + digits;
    }

    private static string? Float(char verb, double number, Flags flags)
    {
        var digits = verb switch
        {
            'v' or 'g' or 'G' => flags.Precision is { } significant ? Significant(number, Math.Max(significant, 1)) : GoFloat.General(number),
            'f' or 'F' => GoFloat.Fixed(number, flags.Precision ?? 6),
            'e' or 'E' => GoFloat.Exponential(number, flags.Precision ?? 6),
            _ => null,
        };
        if (digits is null)
        {
            return null;
        }

        digits = verb is 'G' or 'E' ? digits.ToUpperInvariant() : digits;
        digits = digits.StartsWith('+') ? digits[1..] : digits;
        var isSpecial = GoFloat.Special(number) is not null;
        var sign = digits.StartsWith('-') ? "" : flags.Plus || (isSpecial && double.IsInfinity(number)) ? "+" : flags.Space ? " " : "";
        return isSpecial ? flags.Pad(sign + digits) : flags.PadNumber(sign + digits, "");
    }

    private static string Significant(double number, int digits)
    {
        if (GoFloat.Special(number) is { } special)
        {
            return special;
        }

        var exponential = GoFloat.Exponential(number, digits - 1);
        var exponent = int.Parse(exponential.AsSpan(exponential.IndexOf('e') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent >= -4 && exponent < digits)
        {
            var plain = GoFloat.Fixed(number, Math.Max(digits - 1 - exponent, 0));
            return plain.Contains('.', StringComparison.Ordinal) ? plain.TrimEnd('0').TrimEnd('.') : plain;
        }

        var mantissa = exponential[..exponential.IndexOf('e')];
        mantissa = mantissa.Contains('.', StringComparison.Ordinal) ? mantissa.TrimEnd('0').TrimEnd('.') : mantissa;
        return mantissa + exponential[exponential.IndexOf('e')..];
    }

    private sealed class Flags
    {
        internal bool Plus { get; private set; }

        internal bool Minus { get; set; }

        internal bool Sharp { get; private set; }

        internal bool Space { get; private set; }

        internal bool Zero { get; private set; }

        internal int? Width { get; set; }

        internal int? Precision { get; set; }

        internal void Set(char flag)
        {
            Plus |= flag == '+';
            Minus |= flag == '-';
            Sharp |= flag == '#';
            Space |= flag == ' ';
            Zero |= flag == '0';
        }

        /// <summary>Of %v the plus sign asks for field names, not for a sign.</summary>
        internal void DropPlusOf(char verb) => Plus &= verb != 'v';

        internal string Pad(string carrier)
        {
            var missing = (Width ?? 0) - (Width is null ? 0 : ByteText.ToText(carrier).EnumerateRunes().Count());
            if (missing <= 0)
            {
                return carrier;
            }

            return Minus ? carrier + new string(' ', missing) : new string(Zero ? '0' : ' ', missing) + carrier;
        }

        internal string PadNumber(string digits, string prefix)
        {
            var signLength = digits.Length > 0 && digits[0] is '-' or '+' or ' ' ? 1 : 0;
            var missing = (Width ?? 0) - digits.Length - prefix.Length;
            if (Zero && !Minus && missing > 0)
            {
                return digits[..signLength] + prefix + new string('0', missing) + digits[signLength..];
            }

            var text = digits[..signLength] + prefix + digits[signLength..];
            return missing <= 0 ? text : Minus ? text + new string(' ', missing) : new string(' ', missing) + text;
        }
    }
}
