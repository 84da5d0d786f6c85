using System.Text;

namespace SecretsOps.Cli.Applications;

/// <summary>Rows of text in aligned columns, as kubectl prints them.</summary>
internal sealed class TextTable(params IReadOnlyList<string> head)
{
    private readonly List<IReadOnlyList<string>> _rows = [head];

    public void Add(params IReadOnlyList<string> row) => _rows.Add([.. row.Select(cell => cell.ReplaceLineEndings(" "))]);

    public override string ToString()
    {
        var widths = Enumerable.Range(0, head.Count).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            var line = string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column])));
            text.Append(line.TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
