using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Lossless;

/// <summary>Comments of trees, and comparison that does not forgive a lost one.</summary>
internal static class TreeComments
{
    /// <summary>Every comment in document order.</summary>
    public static IEnumerable<TreeComment> In(TreeNode node) => node switch
    {
        TreeComment comment => [comment],
        TreeBranch branch => branch.Items.SelectMany(item => In(item.Value)),
        TreeList list => list.Elements.SelectMany(In),
        _ => [],
    };

    /// <summary>Equal in keys, their order, values and comments.</summary>
    public static bool AreSame(IReadOnlyList<TreeNode> left, IReadOnlyList<TreeNode> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var index = 0; index < left.Count; index++)
        {
            if (!AreSame(left[index], right[index]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Turns encrypted comments that sops keeps as list elements back into comments.</summary>
    public static TreeNode WithListComments(TreeNode node) => node switch
    {
        TreeBranch branch => new TreeBranch { Items = [.. branch.Items.Select(item => item.Comment is not null ? item : new TreeItem(item.Key, WithListComments(item.Value)))] },
        TreeList list => new TreeList { Elements = [.. list.Elements.Select(AsComment)] },
        _ => node,
    };

    private static TreeNode AsComment(TreeNode element) =>
        element is TreeScalar { Kind: TreeScalarKind.Text } scalar && EncryptedValue.TryParse(scalar.Plaintext.Span, out var parts) && parts.Type.SequenceEqual("comment"u8)
            ? new TreeComment(scalar.Text)
            : WithListComments(element);

    private static bool AreSame(TreeNode left, TreeNode right) => (left, right) switch
    {
        (TreeComment a, TreeComment b) => string.Equals(a.Text, b.Text, StringComparison.Ordinal),
        (TreeBranch a, TreeBranch b) => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(pair =>
            string.Equals(pair.First.Key, pair.Second.Key, StringComparison.Ordinal) && AreSame(pair.First.Value, pair.Second.Value)),
        (TreeList a, TreeList b) => AreSame(a.Elements, b.Elements),
        _ => TreeEdit.AreEqual(left, right),
    };
}
