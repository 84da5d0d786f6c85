using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores;

/// <summary>The metadata of nested formats: a map under the key <c>sops</c> at the top of every document.</summary>
/// <remarks>A list or scalar at the top (ours alone) stands under the key <c>sops_root</c> beside the metadata; the key is no part of the paths.</remarks>
internal static class MetadataBlock
{
    /// <summary>The key that holds a document whose top is no map.</summary>
    public const string RootKey = "sops_root";

    public static SopsDocument Extract(IReadOnlyList<TreeNode> trees, string key)
    {
        SopsMetadata? metadata = null;
        var contents = new List<TreeNode>(trees.Count);
        foreach (var tree in trees)
        {
            if (tree is not TreeBranch branch)
            {
                contents.Add(tree);
                continue;
            }

            var blocks = branch.Items.FindAll(item => IsMetadata(item, key));
            if (metadata is null && contents.Count == 0)
            {
                metadata = ReadSingle(blocks);
            }

            var rest = new TreeBranch { Items = branch.Items.FindAll(item => !IsMetadata(item, key)) };
            contents.Add(Unwrapped(rest));
        }

        return new SopsDocument(contents, metadata ?? throw NotFound());
    }

    public static List<TreeNode> Attach(IReadOnlyList<TreeNode> trees, SopsMetadata metadata, string key) =>
        [.. trees.Select(tree =>
        {
            var items = tree is TreeBranch branch ? branch.Items : [new TreeItem(RootKey, tree)];
            return new TreeBranch { Items = [.. items, new TreeItem(key, MetadataWriter.Write(metadata))] };
        })];

    public static bool IsIn(IReadOnlyList<TreeNode> trees, string key) =>
        trees.Any(tree => tree is TreeBranch branch && branch.Find(key) is not null);

    public static SopsException NotFound() => new(SopsExitCode.Generic, "sops metadata not found");

    private static TreeNode Unwrapped(TreeBranch branch) => branch.Items is [{ Key: RootKey } single] ? single.Value : branch;

    private static bool IsMetadata(TreeItem item, string key) => item.Comment is null && string.Equals(item.Key, key, StringComparison.Ordinal);

    private static SopsMetadata ReadSingle(List<TreeItem> blocks) => blocks switch
    {
        [] => throw NotFound(),
        [{ Value: TreeBranch block }] => MetadataReader.Read(block),
        [{ Value: TreeScalar { Kind: TreeScalarKind.Null } }] => throw NotFound(),
        [_] => throw new SopsException(SopsExitCode.Generic, "Found sops entry that is not a mapping"),
        _ => throw new SopsException(SopsExitCode.Generic, "Found duplicate sops entry"),
    };
}
