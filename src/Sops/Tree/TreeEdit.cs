namespace SecretsOps.Sops.Tree;

/// <summary>Sets and removes single values of a tree by path.</summary>
internal static class TreeEdit
{
    /// <summary>Sets a value and makes what is missing on the way: maps for keys, lists of one for indices; an index past the end appends.</summary>
    /// <returns>Whether the tree changed.</returns>
    public static bool Set(TreeBranch root, TreePointer pointer, TreeNode value)
    {
        if (pointer.Components.Count == 0 || pointer.Components[0] is not string)
        {
            throw new SopsException(SopsExitCode.InvalidSetFormat, "Invalid set index format: the path must begin with a key");
        }

        return SetIn(root, pointer.Components, 0, value);
    }

    /// <summary>Removes the key or list element at the path.</summary>
    /// <exception cref="SopsException">It is not there.</exception>
    public static void Unset(TreeNode root, TreePointer pointer)
    {
        var node = root;
        for (var depth = 0; depth < pointer.Components.Count; depth++)
        {
            var isLast = depth == pointer.Components.Count - 1;
            if (pointer.Components[depth] is string key)
            {
                var branch = node as TreeBranch;
                var item = branch?.Find(key) ?? throw NotFound($"Key not found: {key}");
                node = item.Value;
                _ = isLast && branch.Items.Remove(item);
            }
            else
            {
                var index = (int)pointer.Components[depth];
                if (node is not TreeList list || index < 0 || index >= list.Elements.Count)
                {
                    throw NotFound($"Index {index} out of bounds");
                }

                node = list.Elements[index];
                if (isLast)
                {
                    list.Elements.RemoveAt(index);
                }
            }
        }
    }

    /// <summary>Whether two values are the same, comments aside.</summary>
    public static bool AreEqual(TreeNode left, TreeNode right) => (left, right) switch
    {
        (TreeScalar a, TreeScalar b) => a.Kind == b.Kind && a.Plaintext.Span.SequenceEqual(b.Plaintext.Span),
        (TreeBranch a, TreeBranch b) => AreEqual(Children(a), Children(b), (x, y) => string.Equals(x.Key, y.Key, StringComparison.Ordinal) && AreEqual(x.Value, y.Value)),
        (TreeList a, TreeList b) => AreEqual(Children(a), Children(b), AreEqual),
        _ => false,
    };

    private static bool AreEqual<T>(List<T> left, List<T> right, Func<T, T, bool> equals)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var index = 0; index < left.Count; index++)
        {
            if (!equals(left[index], right[index]))
            {
                return false;
            }
        }

        return true;
    }

    private static List<TreeItem> Children(TreeBranch branch) => branch.Items.FindAll(item => item.Comment is null);

    private static List<TreeNode> Children(TreeList list) => list.Elements.FindAll(element => element is not TreeComment);

    private static bool SetIn(TreeBranch branch, IReadOnlyList<object> path, int depth, TreeNode value)
    {
        var key = (string)path[depth];
        var item = branch.Find(key);
        if (item is null)
        {
            branch.Items.Add(new TreeItem(key, Build(path, depth + 1, value)));
            return true;
        }

        var (node, isChanged) = Replace(item.Value, path, depth + 1, value);
        item.Value = node;
        return isChanged;
    }

    private static (TreeNode Node, bool IsChanged) Replace(TreeNode node, IReadOnlyList<object> path, int depth, TreeNode value)
    {
        if (depth == path.Count)
        {
            return (value, !AreEqual(node, value));
        }

        switch (path[depth], node)
        {
            case (string, TreeBranch branch):
                return (branch, SetIn(branch, path, depth, value));
            case (int index, TreeList list) when index >= list.Elements.Count || index < 0:
                list.Elements.Add(Build(path, depth + 1, value));
                return (list, true);
            case (int index, TreeList list):
                var (element, isChanged) = Replace(list.Elements[index], path, depth + 1, value);
                list.Elements[index] = element;
                return (list, isChanged);
            default:
                return (Build(path, depth, value), true);
        }
    }

    private static TreeNode Build(IReadOnlyList<object> path, int depth, TreeNode value)
    {
        if (depth == path.Count)
        {
            return value;
        }

        var inner = Build(path, depth + 1, value);
        return path[depth] is string key ? new TreeBranch { Items = [new TreeItem(key, inner)] } : new TreeList { Elements = [inner] };
    }

    private static SopsException NotFound(string message) => new(SopsExitCode.Generic, message);
}
