using System.Globalization;
using System.Text;
using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>The functions of Go's text/template itself. <c>and</c> and <c>or</c> are evaluated by the engine, which stops early.</summary>
internal static class BuiltInFunctions
{
    internal static IEnumerable<TemplateFunction> All =>
    [
        Variadic("and", [Value, Value], _ => null),
        Variadic("or", [Value, Value], _ => null),
        Function("not", [Value], call => !GoType.IsTrue(call[0])),
        Function("len", [Value], call => Length(call[0])),
        Variadic("index", [Value, Value], Index),
        Variadic("slice", [Value, Value], GoSlice.Cut),
        Variadic("print", [Any], call => GoFormat.Sprint(call.Arguments)),
        Variadic("println", [Any], call => GoFormat.Sprintln(call.Arguments)),
        Variadic("printf", [Text, Any], call => GoPrintf.Format(call.Text(0), [.. call.From(1)], call.Options.MaxBytes)),
        Variadic("html", [Any], call => Html(AsText(call))),
        Variadic("js", [Any], call => JavaScript(AsText(call))),
        Variadic("urlquery", [Any], call => UrlFunctions.QueryEscape(AsText(call))),
        Variadic("call", [Value, Value], call => throw new TemplateFunctionException($"non-function {GoFormat.Sprint(call[0])} of type {GoType.NameOf(call[0])}")),
        Variadic("eq", [Value, Value], GoComparison.Equal),
        Function("ne", [Value, Value], call => !(bool)GoComparison.Equal(call)),
        Function("lt", [Value, Value], call => GoComparison.Compare(call[0], call[1]) < 0),
        Function("le", [Value, Value], call => GoComparison.Compare(call[0], call[1]) <= 0),
        Function("gt", [Value, Value], call => GoComparison.Compare(call[0], call[1]) > 0),
        Function("ge", [Value, Value], call => GoComparison.Compare(call[0], call[1]) >= 0),
    ];

    private static string AsText(FunctionCall call) =>
        call.Count == 1 && call[0] is string text ? text : GoFormat.Sprint(call.Arguments);

    private static nint Length(object? value) => value switch
    {
        string text => text.Length,
        GoList list => list.Items.Count,
        GoMap map => map.Count,
        _ when GoType.IsNothing(value) => throw new TemplateFunctionException("len of nil pointer"),
        _ => throw new TemplateFunctionException($"len of type {GoType.NameOf(value)}"),
    };

    private static object? Index(FunctionCall call)
    {
        if (call.Count == 0)
        {
            throw new TemplateFunctionException("index of untyped nil");
        }

        var item = call[0];
        foreach (var index in call.From(1))
        {
            item = item switch
            {
                GoMap map when index is string key => map.TryGet(key, out var value) ? value : map.HasTextValues ? "" : null,
                GoMap => throw new TemplateFunctionException(GoType.IsNothing(index)
                    ? "value is nil; should be of type string"
                    : $"value has type {GoType.NameOf(index)}; should be string"),
                GoList list => list.Items[At(index, list.Items.Count)],
                string text => (byte)text[At(index, text.Length)],
                _ when GoType.IsNothing(item) => throw new TemplateFunctionException("index of untyped nil"),
                _ => throw new TemplateFunctionException($"can't index item of type {GoType.NameOf(item)}"),
            };
        }

        return item;
    }

    internal static int At(object? index, int length, bool mayBeEnd = false)
    {
        if (GoType.IsNothing(index))
        {
            throw new TemplateFunctionException("cannot index slice/array with nil");
        }

        var at = GoType.Signed(index) ?? (long?)GoType.Unsigned(index)
            ?? throw new TemplateFunctionException($"cannot index slice/array with type {GoType.NameOf(index)}");
        return at >= 0 && (at < length || (mayBeEnd && at == length)) ? (int)at : throw new TemplateFunctionException($"index out of range: {at}");
    }

    private static string Html(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            result.Append(c switch { '\0' => "\u00ef\u00bf\u00bd", '"' => "&#34;", '\'' => "&#39;", '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", _ => c.ToString() });
        }

        return result.ToString();
    }

    private static string JavaScript(string carrier)
    {
        var result = new StringBuilder();
        foreach (var rune in ByteText.ToText(carrier).EnumerateRunes())
        {
            result.Append(rune.Value switch
            {
                '\\' => "\\\\",
                '\'' => "\\'",
                '"' => "\\\"",
                '<' or '>' or '&' or '=' or < ' ' => "\\u" + rune.Value.ToString("X4", CultureInfo.InvariantCulture),
                _ when GoQuote.IsPrintable(rune) => ByteText.FromText(rune.ToString()),
                _ => "\\u" + rune.Value.ToString("X4", CultureInfo.InvariantCulture),
            });
        }

        return result.ToString();
    }
}
