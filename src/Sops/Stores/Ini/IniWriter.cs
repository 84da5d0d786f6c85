using System.Text;

namespace SecretsOps.Sops.Stores.Ini;

/// <summary>Writes sections as gopkg.in/ini v1 does: equals signs aligned, an empty line between sections.</summary>
internal static class IniWriter
{
    private const string TripleQuote = "\"\"\"";

    public static string Write(IReadOnlyList<IniSection> sections)
    {
        var output = new StringBuilder();
        var isFirst = true;
        for (var index = 0; index < sections.Count; index++)
        {
            var section = sections[index];
            var hasHeader = index > 0 || !section.Name.Equals(IniSection.DefaultName, StringComparison.OrdinalIgnoreCase);
            if (!hasHeader && section.Keys.Count == 0)
            {
                continue;
            }

            output.Append(isFirst ? "" : "\n");
            isFirst = false;
            WriteComment(output, section.Comment);
            if (hasHeader)
            {
                output.Append('[').Append(section.Name).Append("]\n");
            }

            WriteKeys(output, section);
        }

        return output.ToString();
    }

    private static void WriteKeys(StringBuilder output, IniSection section)
    {
        var names = section.Keys.ConvertAll(key => Quoted(key.Name));
        var width = names.Count == 0 ? 0 : names.Max(name => Encoding.UTF8.GetByteCount(name));
        for (var index = 0; index < names.Count; index++)
        {
            var key = section.Keys[index];
            WriteComment(output, key.Comment);
            output.Append(names[index]).Append(' ', width - Encoding.UTF8.GetByteCount(names[index]));
            output.Append(" = ").Append(Value(key.Value)).Append('\n');
        }
    }

    private static string Quoted(string name) =>
        name.AsSpan().IndexOfAny("\"=:") >= 0 ? $"`{name}`" : name.Contains('`', StringComparison.Ordinal) ? TripleQuote + name + TripleQuote : name;

    private static string Value(string value)
    {
        if (value.AsSpan().IndexOfAny('\n', '`') >= 0)
        {
            return TripleQuote + value + TripleQuote;
        }

        if (value.AsSpan().IndexOfAny('#', ';') >= 0)
        {
            return $"`{value}`";
        }

        return value.Trim().Length != value.Length ? $"\"{value}\"" : value;
    }

    private static void WriteComment(StringBuilder output, string comment)
    {
        if (comment.Length == 0)
        {
            return;
        }

        foreach (var line in comment.Split('\n'))
        {
            var isMarked = line.Length > 0 && line[0] is ('#' or ';');
            output.Append(isMarked ? line[0] : ';').Append(' ').Append((isMarked ? line[1..] : line).Trim()).Append('\n');
        }
    }
}
