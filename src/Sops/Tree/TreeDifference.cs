namespace SecretsOps.Sops.Tree;

/// <summary>Finds the paths at which two documents differ.</summary>
internal sealed class TreeDifference
{
    private readonly List<string> _path = [];

    /// <summary><c>+</c> added, <c>-</c> removed, <c>~</c> changed, then the path.</summary>
    public List<string> Lines { get; } = [];

    public void Compare(IReadOnlyList<TreeNode> before, IReadOnlyList<TreeNode> after)
    {
        for (var index = 0; index < Math.Max(before.Count, after.Count); index++)
        {
            Compare(index < before.Count ? before[index] : null, index < after.Count ? after[index] : null);
        }
    }

    private void Compare(TreeNode? before, TreeNode? after)
    {
        if (before is null || after is null)
        {
            Lines.Add($"{(before is null ? '+' : '-')} {string.Concat(_path)}");
        }
        else if (before is TreeBranch left && after is TreeBranch right)
        {
            var keys = left.Items.Concat(right.Items).Where(item => item.Comment is null).Select(item => item.Key).Distinct(StringComparer.Ordinal);
            foreach (var key in keys)
            {
                Within($"[\"{key}\"]", left.Find(key)?.Value, right.Find(key)?.Value);
            }
        }
        else if (before is TreeList first && after is TreeList second)
        {
            var (old, current) = (Values(first), Values(second));
            for (var index = 0; index < Math.Max(old.Count, current.Count); index++)
            {
                Within($"[{index}]", index < old.Count ? old[index] : null, index < current.Count ? current[index] : null);
            }
        }
        else if (!TreeEdit.AreEqual(before, after))
        {
            Lines.Add($"~ {string.Concat(_path)}");
        }
    }

    private void Within(string step, TreeNode? before, TreeNode? after)
    {
        _path.Add(step);
        Compare(before, after);
        _path.RemoveAt(_path.Count - 1);
    }

    private static List<TreeNode> Values(TreeList list) => list.Elements.FindAll(element => element is not TreeComment);
}
