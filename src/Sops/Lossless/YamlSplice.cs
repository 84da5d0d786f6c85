using System.Text;
using SecretsOps.Sops.Stores.Yaml;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Lossless;

/// <summary>Writes changed values into the text of a YAML file and leaves every other byte: quotes, blank lines, anchors, comments.</summary>
/// <remarks>
/// In: the text, the trees it holds, the trees it shall hold. The result is read back and compared; whatever this cannot do (moved keys, changed aliases,
/// new comments) ends in null, and the caller emits the whole file.
/// </remarks>
internal sealed class YamlSplice
{
    private readonly byte[] _text;
    private readonly List<(int Start, int End, byte[] Replacement)> _edits = [];
    private readonly int _indentStep;
    private int _flowDepth;

    private YamlSplice(byte[] text, int indentStep)
    {
        _text = text;
        _indentStep = indentStep;
    }

    /// <summary>The new text, or null when it cannot be made by replacing values alone.</summary>
    public static byte[]? TryApply(byte[] text, IReadOnlyList<TreeNode> before, IReadOnlyList<TreeNode> after, int indentStep = 4)
    {
        try
        {
            var composer = new YamlComposer(YamlText.From(text));
            var documents = new List<YamlDocument>();
            while (composer.TryRead() is { } document)
            {
                documents.Add(document);
            }

            if (documents.Count != after.Count || before.Count != after.Count)
            {
                return null;
            }

            var splice = new YamlSplice(text, indentStep);
            return splice.Run(documents, composer.CommentSpans, before, after) ? splice.Verified(after) : null;
        }
        catch (Exception failure) when (failure is YamlSyntaxException or SpliceException)
        {
            return null;
        }
    }

    private bool Run(List<YamlDocument> documents, IReadOnlyList<(int Start, int End)> spans, IReadOnlyList<TreeNode> before, IReadOnlyList<TreeNode> after)
    {
        if (!ReplaceComments(spans, before, after))
        {
            return false;
        }

        for (var index = 0; index < documents.Count; index++)
        {
            Visit(documents[index].Root, after[index]);
        }

        return true;
    }

    /// <summary>Comments are matched in order: a tree and its encrypted or decrypted twin have the same ones.</summary>
    private bool ReplaceComments(IReadOnlyList<(int Start, int End)> spans, IReadOnlyList<TreeNode> before, IReadOnlyList<TreeNode> after)
    {
        var old = before.SelectMany(TreeComments.In).ToList();
        var current = after.SelectMany(TreeComments.In).ToList();
        if (old.Count != current.Count)
        {
            return false;
        }

        var free = spans.ToList();
        for (var index = 0; index < old.Count; index++)
        {
            var at = free.FindIndex(span => Encoding.UTF8.GetString(_text, span.Start + 1, span.End - span.Start - 1) == old[index].Text);
            if (at < 0)
            {
                return false;
            }

            if (!string.Equals(old[index].Text, current[index].Text, StringComparison.Ordinal))
            {
                Replace(free[at].Start, free[at].End, Encoding.UTF8.GetBytes("#" + current[index].Text));
            }

            free.RemoveAt(at);
        }

        return true;
    }

    private void Visit(YamlNode node, TreeNode value)
    {
        _flowDepth += node.IsFlow ? 1 : 0;
        try
        {
            VisitKind(node, value);
        }
        finally
        {
            _flowDepth -= node.IsFlow ? 1 : 0;
        }
    }

    private void VisitKind(YamlNode node, TreeNode value)
    {
        switch (node.Kind, value)
        {
            case (YamlNodeKind.Mapping, TreeBranch branch):
                VisitMapping(node, branch);
                break;
            case (YamlNodeKind.Sequence, TreeList list) when list.Elements.Count(element => element is not TreeComment) == node.Content.Count:
                var elements = list.Elements.FindAll(element => element is not TreeComment);
                for (var index = 0; index < elements.Count; index++)
                {
                    Visit(node.Content[index], elements[index]);
                }

                break;
            case (YamlNodeKind.Scalar, TreeScalar scalar):
                VisitScalar(node, scalar);
                break;
            case (YamlNodeKind.Alias, _):
                // Right when the copies are unchanged; the check at the end tells.
                break;
            default:
                throw new SpliceException();
        }
    }

    private void VisitScalar(YamlNode node, TreeScalar scalar)
    {
        if (!TreeEdit.AreEqual(YamlScalarResolver.Resolve(node), scalar))
        {
            var text = Emitted(scalar, node);
            Replace(node.ValueStart, node.End, node.Start == node.End ? [(byte)' ', .. text] : text);
            if (node.ValueStart > node.Start && node.Tag is not null)
            {
                throw new SpliceException();
            }
        }
    }

    private void VisitMapping(YamlNode node, TreeBranch branch)
    {
        var items = branch.Items.FindAll(item => item.Comment is null);
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < node.Content.Count; index += 2)
        {
            var key = Encoding.UTF8.GetString(node.Content[index].Value.Span);
            known.Add(key);
            var item = items.Find(candidate => string.Equals(candidate.Key, key, StringComparison.Ordinal));
            if (item is null)
            {
                Delete(node, index);
            }
            else
            {
                VisitValue(node, index, item);
            }
        }

        foreach (var item in items.Where(item => !known.Contains(item.Key)))
        {
            Insert(node, item);
        }
    }

    /// <summary>Goes into a value, or writes the whole pair anew when its shape changed.</summary>
    private void VisitValue(YamlNode mapping, int index, TreeItem item)
    {
        var edits = _edits.Count;
        try
        {
            Visit(mapping.Content[index + 1], item.Value);
        }
        catch (SpliceException) when (!mapping.IsFlow)
        {
            _edits.RemoveRange(edits, _edits.Count - edits);
            var key = mapping.Content[index];
            Replace(key.Start, Math.Max(key.End + 1, mapping.Content[index + 1].End), Indented(item, key.Column));
        }
    }

    private void Insert(YamlNode mapping, TreeItem item)
    {
        if (mapping.IsFlow || mapping.Content.Count == 0)
        {
            throw new SpliceException();
        }

        var at = LineEnd(mapping.End);
        var isUnfinished = at > 0 && _text[at - 1] != '\n';
        byte[] block = [.. Encoding.ASCII.GetBytes(new string(' ', mapping.Content[0].Column)), .. Indented(item, mapping.Content[0].Column), (byte)'\n'];
        _edits.Add((at, at, isUnfinished ? [(byte)'\n', .. block] : block));
    }

    /// <summary>Removes the lines of a pair; the only pair of a map, or one that shares its line, is beyond us.</summary>
    private void Delete(YamlNode mapping, int index)
    {
        var key = mapping.Content[index];
        var start = key.Start - key.Column;
        var isAlone = start <= key.Start && _text.AsSpan(start, key.Start - start).IndexOfAnyExcept((byte)' ') < 0;
        if (mapping.IsFlow || mapping.Content.Count == 2 || !isAlone)
        {
            throw new SpliceException();
        }

        Replace(start, LineEnd(Math.Max(key.End + 1, mapping.Content[index + 1].End)), []);
    }

    private byte[] Indented(TreeItem item, int column)
    {
        var writer = new YamlWriter(_indentStep);
        writer.WriteDocument(new TreeBranch { Items = [item] });
        var lines = Encoding.UTF8.GetString(writer.ToArray()).TrimEnd('\n').Split('\n');
        return Encoding.UTF8.GetBytes(string.Join('\n', lines.Select((line, number) => number == 0 || line.Length == 0 ? line : new string(' ', column) + line)));
    }

    /// <summary>The value in the quotes that stood there; ciphertext has brackets and commas, so in flow style it needs some.</summary>
    private byte[] Emitted(TreeScalar scalar, YamlNode node)
    {
        if (scalar.Kind == TreeScalarKind.Text && System.Text.Unicode.Utf8.IsValid(scalar.Plaintext.Span))
        {
            return EmittedText(scalar.Plaintext.Span, node.Style);
        }

        // As the value of a key of one letter.
        var text = Indented(new TreeItem("k", scalar), 0).AsSpan(3).ToArray();
        return text.AsSpan().Contains((byte)'\n') ? throw new SpliceException() : text;
    }

    private byte[] EmittedText(ReadOnlySpan<byte> text, YamlScalarStyle old)
    {
        var style = YamlScalarAnalysis.StyleOf(text, isSimpleKey: false);
        if (style == YamlScalarStyle.Literal)
        {
            throw new SpliceException();
        }

        var allowsSingle = !text.IsEmpty && YamlScalarAnalysis.Analyze(text).AllowsSingleQuoted;
        style = old switch
        {
            YamlScalarStyle.SingleQuoted when allowsSingle => old,
            YamlScalarStyle.DoubleQuoted => old,
            _ => _flowDepth > 0 ? YamlScalarStyle.DoubleQuoted : style,
        };
        var output = new YamlOutput();
        YamlScalarWriter.Write(output, text, style, 0, indentHint: 0, lineComment: null);
        return output.ToArray();
    }

    private void Replace(int start, int end, byte[] replacement) => _edits.Add((start, end, replacement));

    private int LineEnd(int from)
    {
        if (from > 0 && from <= _text.Length && _text[from - 1] == '\n')
        {
            return from;
        }

        var end = _text.AsSpan(from).IndexOf((byte)'\n');
        return end < 0 ? _text.Length : from + end + 1;
    }

    private byte[]? Verified(IReadOnlyList<TreeNode> expected)
    {
        var output = new List<byte>(_text.Length + 256);
        var at = 0;
        // A stable sort: insertions at one place keep their order.
        foreach (var (start, end, replacement) in _edits.OrderBy(edit => edit.Start))
        {
            if (start < at)
            {
                return null;
            }

            output.AddRange(_text.AsSpan(at, start - at));
            output.AddRange(replacement);
            at = end;
        }

        output.AddRange(_text.AsSpan(at));
        byte[] text = [.. output];
        var actual = YamlComposer.ReadAll(YamlText.From(text)).ConvertAll(new YamlTreeBuilder(allowsAnyRoot: true).Build);
        return TreeComments.AreSame(actual, expected) ? text : null;
    }

    /// <summary>A change that replacing values cannot make.</summary>
    private sealed class SpliceException : Exception;
}
