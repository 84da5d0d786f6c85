using System.Text;
using System.Text.Unicode;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Toml;

/// <summary>Writes a tree as TOML in the tree's order, which the MAC depends on: maps and lists of maps become tables where nothing else follows them, else inline tables.</summary>
/// <remarks>Inline tables have no place for comments; comments are outside of the MAC and are left out there.</remarks>
internal sealed class TomlWriter
{
    private readonly StringBuilder _text = new();

    public byte[] Write(TreeBranch root)
    {
        WriteTable(root, "");
        return Encoding.UTF8.GetBytes(_text.ToString());
    }

    /// <summary>A value alone, as after a key.</summary>
    public static byte[] WriteValue(TreeNode value)
    {
        var writer = new TomlWriter();
        writer.WriteInline(value, "", isAfterKey: true);
        return Encoding.UTF8.GetBytes(writer._text.Append('\n').ToString());
    }

    private void WriteTable(TreeBranch table, string path)
    {
        var sections = table.Items.Count;
        while (sections > 0 && IsSection(table.Items[sections - 1]))
        {
            sections--;
        }

        TreeComment? inline = null;
        foreach (var item in table.Items.Take(sections))
        {
            if (item.Comment is { } comment)
            {
                WriteComment(inline);
                inline = comment.IsInline ? comment : null;
                WriteComment(comment.IsInline ? null : comment);
                continue;
            }

            _text.Append(Key(item.Key)).Append(" = ");
            WriteInline(item.Value, item.Key, isAfterKey: true);
            _text.Append(inline is null ? "" : $" #{inline.Text}").Append('\n');
            inline = null;
        }

        WriteComment(inline);
        foreach (var item in table.Items.Skip(sections))
        {
            WriteSection(item, path.Length == 0 ? Key(item.Key) : $"{path}.{Key(item.Key)}");
        }
    }

    private void WriteComment(TreeComment? comment)
    {
        if (comment is not null)
        {
            _text.Append('#').Append(comment.Text.ReplaceLineEndings(" ")).Append('\n');
        }
    }

    private void WriteSection(TreeItem item, string path)
    {
        var (open, close) = item.Value is TreeList ? ("[[", "]]") : ("[", "]");
        foreach (var table in item.Value is TreeList list ? list.Elements : [item.Value])
        {
            _text.Append(_text.Length > 0 ? "\n" : "").Append(open).Append(path).Append(close).Append('\n');
            WriteTable((TreeBranch)table, path);
        }
    }

    private void WriteInline(TreeNode value, string key, bool isAfterKey)
    {
        switch (value)
        {
            case TreeScalar { Kind: TreeScalarKind.Text } text:
                _text.Append(isAfterKey && text.Plaintext.Span.Contains((byte)'\n') ? TomlString.QuoteLines(TextOf(text, key)) : TomlString.Quote(TextOf(text, key)));
                break;
            case TreeScalar scalar:
                _text.Append(TomlScalar.Format(scalar, key));
                break;
            case TreeBranch branch:
                WriteInlineTable(branch);
                break;
            case TreeList list when isAfterKey && list.Elements.Exists(element => element is TreeComment):
                WriteLines(list, key);
                break;
            case TreeList list:
                WriteList(list, key);
                break;
        }
    }

    private void WriteInlineTable(TreeBranch branch)
    {
        var separator = "{ ";
        foreach (var item in branch.Items.Where(item => item.Comment is null))
        {
            _text.Append(separator).Append(Key(item.Key)).Append(" = ");
            WriteInline(item.Value, item.Key, isAfterKey: false);
            separator = ", ";
        }

        _text.Append(separator == ", " ? " }" : "{}");
    }

    private void WriteList(TreeList list, string key)
    {
        var separator = "";
        _text.Append('[');
        foreach (var element in list.Elements.Where(element => element is not TreeComment))
        {
            _text.Append(separator);
            WriteInline(element, key, isAfterKey: false);
            separator = ", ";
        }

        _text.Append(']');
    }

    /// <summary>A list with comments: a line per element.</summary>
    private void WriteLines(TreeList list, string key)
    {
        _text.Append("[\n");
        foreach (var element in list.Elements)
        {
            _text.Append("    ");
            if (element is TreeComment comment)
            {
                WriteComment(comment);
                continue;
            }

            WriteInline(element, key, isAfterKey: false);
            _text.Append(",\n");
        }

        _text.Append(']');
    }

    private static bool IsSection(TreeItem item) =>
        item.Value is TreeBranch || (item.Value is TreeList { Elements.Count: > 0 } list && list.Elements.TrueForAll(element => element is TreeBranch));

    private static string TextOf(TreeScalar scalar, string key) => Utf8.IsValid(scalar.Plaintext.Span)
        ? scalar.Text
        : throw new SopsException(SopsExitCode.CannotEmit, $"a value is not UTF-8, which TOML must be; offending key {key}");

    private static string Key(string key) => key.Length > 0 && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-') ? key : TomlString.Quote(key);
}
