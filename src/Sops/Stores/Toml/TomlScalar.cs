using System.Globalization;
using System.Text.RegularExpressions;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Toml;

/// <summary>Booleans, numbers and times of TOML. Local dates and times have no place in a SOPS file, which knows points in time only.</summary>
internal static partial class TomlScalar
{
    /// <summary>Reads the scalar that begins here.</summary>
    public static TreeScalar Read(TomlCursor cursor)
    {
        var length = TokenLength(cursor.Rest);
        var token = cursor.Rest[..length].ToString();
        var value = Resolve(token) ?? throw cursor.Failure(LocalTime().IsMatch(token)
            ? "dates and times without an offset cannot be kept in a SOPS file; add an offset such as Z, or quote it"
            : "expected a value");
        cursor.Advance(length);
        return value;
    }

    /// <summary>The scalar as TOML writes it.</summary>
    public static string Format(TreeScalar scalar, string key) => scalar.Kind switch
    {
        TreeScalarKind.Truth => scalar.Text == "True" ? "true" : "false",
        TreeScalarKind.WholeNumber or TreeScalarKind.Time => scalar.Text,
        TreeScalarKind.RealNumber => RealNumber(scalar.Text),
        TreeScalarKind.Null => throw new SopsException(SopsExitCode.CannotEmit, $"TOML has no null; offending key {key}"),
        _ => throw new SopsException(SopsExitCode.CannotEmit, $"a number is too large for TOML; offending key {key}"),
    };

    private static string RealNumber(string text) => text switch
    {
        "+Inf" => "inf",
        "-Inf" => "-inf",
        "NaN" => "nan",
        _ => text.Contains('.', StringComparison.Ordinal) ? text : text + ".0",
    };

    private static int TokenLength(ReadOnlySpan<char> rest)
    {
        var length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is '+' or '-' or '_' or '.' or ':'))
        {
            length++;
            // One blank may stand between date and time.
            var isBetween = length == 10 && rest[4] == '-' && length + 1 < rest.Length && rest[length] == ' ' && char.IsAsciiDigit(rest[length + 1]);
            length += isBetween ? 1 : 0;
        }

        return length;
    }

    private static TreeScalar? Resolve(string token)
    {
        switch (token)
        {
            case "true" or "false":
                return TreeScalar.OfTruth(token == "true");
            case "inf" or "+inf":
                return TreeScalar.OfNumber(double.PositiveInfinity);
            case "-inf":
                return TreeScalar.OfNumber(double.NegativeInfinity);
            case "nan" or "+nan" or "-nan":
                return TreeScalar.OfNumber(double.NaN);
        }

        var digits = token.Replace("_", "", StringComparison.Ordinal);
        if (WholeNumber().IsMatch(token))
        {
            return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? TreeScalar.OfNumber(number) : null;
        }

        if (Based().IsMatch(token))
        {
            return OfBase(digits);
        }

        if (RealNumberForm().IsMatch(token))
        {
            return TreeScalar.OfNumber(double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture));
        }

        return Time().Match(token) is { Success: true } time ? OfTime(time) : null;
    }

    private static TreeScalar? OfBase(string digits)
    {
        var value = UInt128.Zero;
        var radix = digits[1] switch { 'x' => 16u, 'o' => 8u, _ => 2u };
        foreach (var digit in digits.AsSpan(2))
        {
            value = (value * radix) + (uint)Convert.ToInt32(digit.ToString(), 16);
            if (value > long.MaxValue)
            {
                return null;
            }
        }

        return TreeScalar.OfNumber((long)value);
    }

    private static TreeScalar? OfTime(Match time)
    {
        var (date, clock, fraction, offset) = (time.Groups[1].Value, time.Groups[2].Value, time.Groups[3].Value.TrimEnd('0').TrimEnd('.'), time.Groups[4].Value.ToUpperInvariant());
        clock = clock.Length == 5 ? clock + ":00" : clock;
        offset = offset is "+00:00" or "-00:00" ? "Z" : offset;
        return fraction.Length <= 10 && DateTimeOffset.TryParse($"{date}T{clock}{offset}", CultureInfo.InvariantCulture, out _) ? TreeScalar.OfTime($"{date}T{clock}{fraction}{offset}") : null;
    }

    [GeneratedRegex(@"\A[+-]?(?:0|[1-9](?:_?[0-9])*)\z")]
    private static partial Regex WholeNumber();

    [GeneratedRegex(@"\A0(?:x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|o[0-7](?:_?[0-7])*|b[01](?:_?[01])*)\z")]
    private static partial Regex Based();

    [GeneratedRegex(@"\A[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?\z")]
    private static partial Regex RealNumberForm();

    [GeneratedRegex(@"\A(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(\.\d+)?([Zz]|[+-]\d\d:\d\d)\z")]
    private static partial Regex Time();

    [GeneratedRegex(@"\A(?:\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?)?|\d\d:\d\d(?::\d\d)?(?:\.\d+)?)\z")]
    private static partial Regex LocalTime();
}
