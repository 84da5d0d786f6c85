using System.Globalization;
using SecretsOps.Templating.Parsing;
using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's lenient conversions: what does not convert is zero.</summary>
internal static class Cast
{
    internal static string ToText(object? value) => value is string text ? text : GoFormat.Value(value);

    internal static long ToLong(object? value) => value switch
    {
        string text => GoNumberLiteral.ParseInteger(text) is { } number && number >= long.MinValue && number <= long.MaxValue ? (long)number : 0,
        double number => double.IsNaN(number) ? long.MinValue : unchecked((long)number),
        bool flag => flag ? 1 : 0,
        _ => GoType.Signed(value) ?? unchecked((long?)GoType.Unsigned(value)) ?? 0,
    };

    internal static double ToDouble(object? value) => value switch
    {
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0,
        double number => number,
        bool flag => flag ? 1 : 0,
        _ => GoType.Signed(value) ?? (double?)GoType.Unsigned(value) ?? 0,
    };

    /// <summary>Texts of a list's items, nils left out; a single value counts as a list of one.</summary>
    internal static List<string> ToTexts(object? value) => value switch
    {
        null => [],
        GoList list => [.. list.Items.Where(item => item is not null).Select(ToText)],
        _ => [ToText(value)],
    };

    internal static GoList TextList(IEnumerable<string> items) => new(items, hasTextItems: true);

    internal static GoList ToList(object? value, string function) => value as GoList
        ?? throw new TemplateFunctionException($"Cannot {function} on type {GoType.KindOf(value)}");
}
