using System.Globalization;
using System.Text;

namespace SecretsOps.Templating.Values;

/// <summary>Prints values as Go's fmt package does with %v.</summary>
internal static class GoFormat
{
    /// <summary>What an action writes: like %v, but nothing prints as <c>&lt;no value&gt;</c>.</summary>
    internal static string Print(object? value) => GoType.IsNothing(value) ? "<no value>" : Value(value);

    /// <summary>fmt.Sprint of one value.</summary>
    internal static string Sprint(object? value) => Value(value);

    /// <summary>fmt.Sprint: blanks between operands where neither is a string.</summary>
    internal static string Sprint(IReadOnlyList<object?> values)
    {
        var result = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0 && values[i] is not string && values[i - 1] is not string)
            {
                result.Append(' ');
            }

            result.Append(Value(values[i]));
        }

        return result.ToString();
    }

    /// <summary>fmt.Sprintln: blanks between all operands, a newline at the end.</summary>
    internal static string Sprintln(IEnumerable<object?> values) => string.Join(' ', values.Select(Value)) + "\n";

    internal static string Value(object? value) => value switch
    {
        null => "<nil>",
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => GoFloat.General(number),
        GoMap map => $"map[{string.Join(' ', map.Entries.Select(pair => $"{pair.Key}:{Value(pair.Value)}"))}]",
        GoList list => $"[{string.Join(' ', list.Items.Select(Value))}]",
        DateTimeOffset time => GoTime.Default(time),
        TimeSpan duration => GoDuration.Format(duration),
        _ when ReferenceEquals(value, GoType.Missing) => "<nil>",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>%#v: Go syntax.</summary>
    internal static string Syntax(object? value) => value switch
    {
        null => "<nil>",
        string text => GoQuote.Quote(text),
        GoMap map => $"{GoType.NameOf(map)}{{{string.Join(", ", map.Entries.Select(pair => $"{GoQuote.Quote(pair.Key)}:{SyntaxOfItem(pair.Value)}"))}}}",
        GoList list => $"{GoType.NameOf(list)}{{{string.Join(", ", list.Items.Select(SyntaxOfItem))}}}",
        _ => Value(value),
    };

    private static string SyntaxOfItem(object? value) => value is null ? "interface {}(nil)" : Syntax(value);
}
