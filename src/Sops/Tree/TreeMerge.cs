namespace SecretsOps.Sops.Tree;

/// <summary>Merges two changed trees over their common ancestor, key by key; where both changed one value differently, ours stays and is reported.</summary>
internal sealed class TreeMerge
{
    private readonly List<string> _path = [];

    /// <summary>Paths of values that both sides changed.</summary>
    public List<string> Conflicts { get; } = [];

    public List<TreeNode> Merge(IReadOnlyList<TreeNode> common, IReadOnlyList<TreeNode> ours, IReadOnlyList<TreeNode> theirs)
    {
        var merged = new List<TreeNode>();
        for (var index = 0; index < Math.Max(ours.Count, theirs.Count); index++)
        {
            var result = MergeNode(At(common, index), At(ours, index), At(theirs, index));
            if (result is not null)
            {
                merged.Add(result);
            }
        }

        return merged;
    }

    private static TreeNode? At(IReadOnlyList<TreeNode> trees, int index) => index < trees.Count ? trees[index] : null;

    private TreeNode? MergeNode(TreeNode? common, TreeNode? ours, TreeNode? theirs)
    {
        if (AreSame(ours, theirs) || AreSame(common, theirs))
        {
            return ours;
        }

        if (AreSame(common, ours))
        {
            return theirs;
        }

        if (ours is TreeBranch left && theirs is TreeBranch right)
        {
            return MergeBranch(common as TreeBranch ?? new TreeBranch(), left, right);
        }

        Conflicts.Add(string.Concat(_path.Select(key => $"[\"{key}\"]")));
        return ours;
    }

    /// <summary>Ours in its order with its comments; keys that only they added come at the end with the comments before them.</summary>
    private TreeBranch MergeBranch(TreeBranch common, TreeBranch ours, TreeBranch theirs)
    {
        var merged = new TreeBranch();
        foreach (var item in ours.Items)
        {
            if (item.Comment is not null)
            {
                merged.Items.Add(item);
                continue;
            }

            Add(merged, item.Key, common.Find(item.Key)?.Value, item.Value, theirs.Find(item.Key)?.Value);
        }

        var comments = new List<TreeItem>();
        foreach (var item in theirs.Items)
        {
            if (item.Comment is not null)
            {
                comments.Add(item);
                continue;
            }

            if (ours.Find(item.Key) is null)
            {
                var count = merged.Items.Count;
                Add(merged, item.Key, common.Find(item.Key)?.Value, null, item.Value);
                merged.Items.InsertRange(count, merged.Items.Count > count ? comments : []);
            }

            comments.Clear();
        }

        return merged;
    }

    private void Add(TreeBranch merged, string key, TreeNode? common, TreeNode? ours, TreeNode? theirs)
    {
        _path.Add(key);
        var value = MergeNode(common, ours, theirs);
        _path.RemoveAt(_path.Count - 1);
        if (value is not null)
        {
            merged.Add(key, value);
        }
    }

    private static bool AreSame(TreeNode? left, TreeNode? right) =>
        left is null || right is null ? left is null && right is null : TreeEdit.AreEqual(left, right);
}
