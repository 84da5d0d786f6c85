using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Turns the documents of a YAML file into trees: comments become items in their order, aliases become copies, styles and tags are left behind.</summary>
internal sealed class YamlTreeBuilder(bool allowsAnyRoot)
{
    // Copies made for aliases in the whole file; a few lines can ask for billions.
    private const int MaxAliasedNodes = 100_000;

    private readonly HashSet<YamlNode> _openAliases = [];
    private int _aliasedNodes;

    public TreeNode Build(YamlDocument document)
    {
        var branch = new TreeBranch();
        AddComments(branch, document.HeadComment);
        var root = Followed(document.Root);
        switch (root.Kind)
        {
            case YamlNodeKind.Mapping:
                FillBranch(branch, root, hasOwnComments: true);
                break;
            case YamlNodeKind.Scalar when YamlScalarResolver.Resolve(root).Kind == TreeScalarKind.Null:
                AddComments(branch, root.HeadComment);
                AddComments(branch, root.LineComment);
                AddComments(branch, root.FootComment);
                break;
            case YamlNodeKind.Sequence when allowsAnyRoot:
                return Value(root, hasOwnComments: true);
            case YamlNodeKind.Scalar when allowsAnyRoot:
                return YamlScalarResolver.Resolve(root);
            default:
                throw new YamlSyntaxException(root.Kind == YamlNodeKind.Sequence
                    ? "YAML documents that are sequences are not supported"
                    : "YAML documents that are values are not supported");
        }

        AddComments(branch, document.FootComment);
        return branch;
    }

    private void FillBranch(TreeBranch branch, YamlNode mapping, bool hasOwnComments)
    {
        if (hasOwnComments)
        {
            AddComments(branch, mapping.HeadComment);
            AddComments(branch, mapping.LineComment);
        }

        branch.Items.EnsureCapacity(branch.Items.Count + (mapping.Content.Count / 2));
        for (var index = 0; index < mapping.Content.Count; index += 2)
        {
            AddPair(branch, mapping.Content[index], mapping.Content[index + 1]);
        }

        if (hasOwnComments)
        {
            AddComments(branch, mapping.FootComment);
        }
    }

    private void AddPair(TreeBranch branch, YamlNode key, YamlNode value)
    {
        AddComments(branch, key.HeadComment);
        AddComments(branch, key.LineComment);
        var isLeaf = value.Kind is YamlNodeKind.Scalar or YamlNodeKind.Alias;
        if (isLeaf)
        {
            AddComments(branch, value.HeadComment);
            AddComments(branch, value.LineComment, isInline: value.Kind == YamlNodeKind.Scalar);
        }

        branch.Items.Add(Item(key, Value(value, hasOwnComments: !isLeaf)));
        if (isLeaf)
        {
            AddComments(branch, value.FootComment);
        }

        AddComments(branch, key.FootComment);
    }

    private static TreeItem Item(YamlNode key, TreeNode value)
    {
        var node = Followed(key);
        var scalar = node.Kind == YamlNodeKind.Scalar ? YamlScalarResolver.Resolve(node) : null;
        if (scalar is { Kind: TreeScalarKind.Text })
        {
            return new TreeItem(node.Tag == "!!binary" ? scalar.Text : node.Text, value);
        }

        var foreignType = scalar?.Kind switch
        {
            TreeScalarKind.WholeNumber => "int",
            TreeScalarKind.TooLargeNumber => "uint64",
            TreeScalarKind.RealNumber => "float64",
            TreeScalarKind.Truth => "bool",
            TreeScalarKind.Time => "time.Time",
            TreeScalarKind.Null => "<nil>",
            _ => "[]interface {}",
        };
        var text = scalar is null ? "" : scalar.Kind == TreeScalarKind.Truth ? scalar.Text.ToLowerInvariant() : scalar.Text;
        return new TreeItem(text, value) { ForeignKeyType = foreignType };
    }

    private TreeNode Value(YamlNode node, bool hasOwnComments)
    {
        switch (node.Kind)
        {
            case YamlNodeKind.Scalar:
                return YamlScalarResolver.Resolve(node);
            case YamlNodeKind.Sequence:
                return List(node, hasOwnComments);
            case YamlNodeKind.Mapping:
                var branch = new TreeBranch();
                FillBranch(branch, node, hasOwnComments);
                return branch;
            default:
                return Copy(node);
        }
    }

    private TreeNode Copy(YamlNode alias)
    {
        var target = alias.Target!;
        if (!_openAliases.Add(target))
        {
            throw new YamlSyntaxException("anchor value contains itself", new YamlMark(alias.Start, alias.Line, alias.Column));
        }

        _aliasedNodes += CountNodes(target);
        if (_aliasedNodes > MaxAliasedNodes)
        {
            throw new YamlSyntaxException("document contains excessive aliasing", new YamlMark(alias.Start, alias.Line, alias.Column));
        }

        var copy = Value(target, hasOwnComments: true);
        _openAliases.Remove(target);
        return copy;
    }

    private TreeList List(YamlNode sequence, bool hasOwnComments)
    {
        var list = new TreeList();
        if (hasOwnComments)
        {
            AddComments(list, sequence.HeadComment);
            AddComments(list, sequence.LineComment);
        }

        foreach (var item in sequence.Content)
        {
            AddComments(list, item.HeadComment);
            AddComments(list, item.LineComment);
            list.Elements.Add(Value(item, hasOwnComments: false));
            AddComments(list, item.FootComment);
        }

        if (hasOwnComments)
        {
            AddComments(list, sequence.FootComment);
        }

        return list;
    }

    private static int CountNodes(YamlNode node)
    {
        var count = 1;
        foreach (var child in node.Content)
        {
            count += CountNodes(child);
        }

        return count;
    }

    private static YamlNode Followed(YamlNode node) => node.Kind == YamlNodeKind.Alias ? node.Target! : node;

    private static void AddComments(TreeBranch branch, string comment, bool isInline = false)
    {
        foreach (var line in Lines(comment))
        {
            branch.Add(new TreeComment(line, isInline));
        }
    }

    private static void AddComments(TreeList list, string comment)
    {
        foreach (var line in Lines(comment))
        {
            list.Elements.Add(new TreeComment(line));
        }
    }

    /// <summary>The lines without their <c>#</c>; empty ones stood between blocks of comments.</summary>
    private static IEnumerable<string> Lines(string comment) =>
        comment.Length == 0 ? [] : comment.Split('\n').Where(line => line.Length > 0).Select(line => line[1..]);
}
