using System.Text;
using System.Text.Unicode;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Emits trees as go-yaml v3 does under sops's settings: block style, no folding, comments above, beside or below their item.</summary>
internal sealed class YamlWriter(int indentStep)
{
    // libyaml: longer keys are written as "? key".
    private const int MaxSimpleKeyLength = 128;

    private readonly YamlOutput _output = new();
    private bool _isFirst = true;

    public byte[] ToArray() => _output.ToArray();

    /// <summary>Appends a document; all but the first begin with <c>---</c>.</summary>
    public void WriteDocument(TreeNode root)
    {
        if (!_isFirst)
        {
            _output.Indent(0);
            _output.Raw("---"u8);
            _output.Break();
        }

        _isFirst = false;
        switch (root)
        {
            case TreeBranch branch when HasKeys(branch):
                WriteHeads(LeadingComments(branch), 0);
                WriteBranch(branch, 0);
                break;
            case TreeList list when HasElements(list):
                WriteHeads(LeadingComments(list), 0);
                WriteList(list, 0);
                break;
            default:
                WriteHeads(LeadingComments(root), 0);
                WriteValue(root, -indentStep, isInList: false, null);
                break;
        }

        if (_output.Column > 0)
        {
            _output.Break();
        }
    }

    private void WriteBranch(TreeBranch branch, int indent)
    {
        var heads = new List<string>();
        string? inline = null;
        var isLeading = true;
        foreach (var item in branch.Items)
        {
            if (item.Comment is { } comment)
            {
                if (comment.IsInline)
                {
                    inline = comment.Text;
                }
                else if (!isLeading)
                {
                    heads.Add(comment.Text);
                }

                continue;
            }

            isLeading = false;
            WriteHeads(heads, indent);
            heads.Clear();
            var isBesideValue = inline is null || item.Value is TreeScalar;
            WriteHeads(isBesideValue ? [] : [inline!], indent);
            WriteItem(item, indent, isBesideValue ? inline : null);
            inline = null;
        }

        WriteHeads(heads, indent);
    }

    private void WriteItem(TreeItem item, int indent, string? lineComment)
    {
        _output.Indent(indent);
        var key = Encoding.UTF8.GetBytes(item.Key);
        if (key.Length <= MaxSimpleKeyLength && !YamlScalarAnalysis.Analyze(key.Length == 0 ? " "u8 : key).IsMultiline)
        {
            WriteText(key, indent, indent, isSimpleKey: true, null);
            _output.Indicator(":"u8, needsBlank: false, leavesBlank: false, keepsIndentation: false);
        }
        else
        {
            _output.Indicator("?"u8, needsBlank: true, leavesBlank: false, keepsIndentation: true);
            WriteText(key, NextIndent(indent), indent, isSimpleKey: false, null);
            _output.Indent(indent);
            _output.Indicator(":"u8, needsBlank: true, leavesBlank: false, keepsIndentation: true);
        }

        WriteValue(item.Value, indent, isInList: false, lineComment);
    }

    private void WriteList(TreeList list, int indent)
    {
        var heads = new List<string>();
        var isLeading = true;
        foreach (var element in list.Elements)
        {
            if (element is TreeComment comment)
            {
                if (!isLeading)
                {
                    heads.Add(comment.Text);
                }

                continue;
            }

            isLeading = false;
            WriteHeads(heads, indent);
            heads.Clear();
            WriteHeads(LeadingComments(element), indent);
            _output.Indent(indent);
            _output.Indicator("-"u8, needsBlank: true, leavesBlank: false, keepsIndentation: true);
            WriteValue(element, indent, isInList: true, null);
        }

        WriteHeads(heads, indent);
    }

    /// <summary>Writes a value whose parent stands at <paramref name="indent"/>; in a list the comments that lead it are written already.</summary>
    private void WriteValue(TreeNode value, int indent, bool isInList, string? lineComment)
    {
        var inner = isInList ? indent + 2 : NextIndent(indent);
        switch (value)
        {
            case TreeBranch branch when HasKeys(branch):
                WriteHeads(isInList ? [] : LeadingComments(branch), inner);
                WriteBranch(branch, inner);
                break;
            case TreeList list when HasElements(list):
                WriteHeads(isInList ? [] : LeadingComments(list), inner);
                WriteList(list, inner);
                break;
            case TreeBranch or TreeList:
                WriteEmpty(value, isInList, inner);
                break;
            case TreeScalar scalar:
                WriteScalar(scalar, Math.Max(inner, 0), Math.Max(indent, 0), lineComment);
                break;
        }
    }

    private void WriteEmpty(TreeNode value, bool isInList, int inner)
    {
        var (open, close) = value is TreeBranch ? ((byte)'{', (byte)'}') : ((byte)'[', (byte)']');
        _output.Indicator([open], needsBlank: true, leavesBlank: true, keepsIndentation: false);
        if (!isInList)
        {
            WriteHeads(LeadingComments(value), Math.Max(inner, 0));
        }

        _output.Indicator([close], needsBlank: false, leavesBlank: false, keepsIndentation: false);
    }

    private void WriteScalar(TreeScalar scalar, int indent, int parentIndent, string? lineComment)
    {
        if (scalar.Kind == TreeScalarKind.Text)
        {
            WriteText(scalar.Plaintext.Span, indent, parentIndent, isSimpleKey: false, lineComment);
            return;
        }

        var text = scalar.Kind switch
        {
            TreeScalarKind.Null => "null",
            TreeScalarKind.Truth => scalar.Plaintext.Span[0] == 'T' ? "true" : "false",
            TreeScalarKind.RealNumber => RealNumber(scalar),
            _ => scalar.Text,
        };
        YamlScalarWriter.Write(_output, Encoding.UTF8.GetBytes(text), YamlScalarStyle.Plain, indent, indentHint: 0, lineComment);
    }

    private static string RealNumber(TreeScalar scalar) =>
        !GoNumber.TryParseFloat(scalar.Text, out var number) ? scalar.Text
        : double.IsNaN(number) ? ".nan"
        : double.IsInfinity(number) ? number > 0 ? ".inf" : "-.inf"
        : GoNumber.IsNegativeZero(number) ? GoNumber.NegativeZero
        : GoNumber.FormatGeneral(number);

    private void WriteText(ReadOnlySpan<byte> text, int indent, int parentIndent, bool isSimpleKey, string? lineComment)
    {
        if (!Utf8.IsValid(text))
        {
            _output.Indicator("!!binary"u8, needsBlank: true, leavesBlank: false, keepsIndentation: false);
            text = Encoding.ASCII.GetBytes(Convert.ToBase64String(text));
            YamlScalarWriter.Write(_output, text, YamlScalarStyle.Plain, indent, indentHint: 0, lineComment);
            return;
        }

        if (text.SequenceEqual("<<"u8))
        {
            // Compatibility: go-yaml reads back the text "<<" as the merge key and so writes its tag.
            _output.Indicator("!!merge"u8, needsBlank: true, leavesBlank: false, keepsIndentation: false);
        }

        // Compatibility: go-yaml always hints its step, which in lists is wrong and makes files that nobody can read; ours is the true one.
        YamlScalarWriter.Write(_output, text, YamlScalarAnalysis.StyleOf(text, isSimpleKey), indent, indent - parentIndent, lineComment);
    }

    private void WriteHeads(List<string> comments, int indent)
    {
        foreach (var comment in comments)
        {
            _output.Indent(indent);
            _output.Comment(comment);
        }
    }

    /// <summary>The next multiple of the step, as go-yaml aligns everything that is not in a list.</summary>
    private int NextIndent(int indent) => indent < 0 ? 0 : indentStep * ((indent + indentStep) / indentStep);

    private static bool HasKeys(TreeBranch branch) => branch.Items.Exists(item => item.Comment is null);

    private static bool HasElements(TreeList list) => list.Elements.Exists(element => element is not TreeComment);

    /// <summary>Comments before the first item; they lead the collection itself. (An inline comment belongs to the item.)</summary>
    private static List<string> LeadingComments(TreeNode node)
    {
        var comments = new List<string>();
        var children = node switch
        {
            TreeBranch branch => branch.Items.Select(item => (TreeNode?)item.Comment),
            TreeList list => list.Elements,
            _ => [],
        };
        foreach (var child in children)
        {
            if (child is not TreeComment comment)
            {
                break;
            }

            if (!comment.IsInline)
            {
                comments.Add(comment.Text);
            }
        }

        return comments;
    }
}
