using System.Globalization;
using System.Text;

namespace SecretsOps.Templating.Values;

/// <summary>Writes values as Go's encoding/json: sorted keys, its escapes, its numbers.</summary>
internal sealed class GoJsonWriter(bool escapesHtml, string indent)
{
    private const int Deepest = 200;

    private readonly StringBuilder _text = new();

    internal string Write(object? value)
    {
        WriteValue(value, 0);
        return _text.ToString();
    }

    private void WriteValue(object? value, int depth)
    {
        if (depth > Deepest)
        {
            throw new Functions.TemplateFunctionException($"json: the value nests deeper than {Deepest} levels");
        }

        switch (value)
        {
            case string text:
                WriteText(text);
                break;
            case GoMap map:
                WriteAll('{', '}', map.Entries.ToList(), depth, pair =>
                {
                    WriteText(pair.Key);
                    _text.Append(indent.Length > 0 ? ": " : ":");
                    WriteValue(pair.Value, depth + 1);
                });
                break;
            case GoList list:
                WriteAll('[', ']', list.Items, depth, item => WriteValue(item, depth + 1));
                break;
            case DateTimeOffset time:
                WriteText(GoTime.Format(time, "2006-01-02T15:04:05.999999999Z07:00"));
                break;
            default:
                _text.Append(Scalar(value));
                break;
        }
    }

    private static string Scalar(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        double number => GoFloat.Special(number) is { } special
            ? throw new Functions.TemplateFunctionException($"json: unsupported value: {special}")
            : GoFloat.Json(number),
        _ when GoType.IsNothing(value) => "null",
        _ => (GoType.Signed(value)?.ToString(CultureInfo.InvariantCulture) ?? GoType.Unsigned(value)?.ToString(CultureInfo.InvariantCulture)) ?? "null",
    };

    private void WriteAll<T>(char open, char close, List<T> items, int depth, Action<T> write)
    {
        _text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            _text.Append(i > 0 ? "," : "");
            NewLine(depth + 1);
            write(items[i]);
        }

        if (items.Count > 0)
        {
            NewLine(depth);
        }

        _text.Append(close);
    }

    private void NewLine(int depth)
    {
        if (indent.Length > 0)
        {
            _text.Append('\n').Insert(_text.Length, indent, depth);
        }
    }

    private void WriteText(string carrier)
    {
        _text.Append('"');
        foreach (var rune in ByteText.ToText(carrier).EnumerateRunes())
        {
            _text.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or 0x2028 or 0x2029 => Escaped(rune),
                '<' or '>' or '&' when escapesHtml => Escaped(rune),
                0xFFFD => ByteText.FromText("\uFFFD"),
                _ => ByteText.FromText(rune.ToString()),
            });
        }

        _text.Append('"');
    }

    private static string Escaped(Rune rune) => "\\u" + rune.Value.ToString("x4", CultureInfo.InvariantCulture);
}
