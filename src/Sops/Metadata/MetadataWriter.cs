using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Metadata;

/// <summary>Writes the <c>sops</c> block: names in alphabetical order at every level, empty lists left out.</summary>
internal static class MetadataWriter
{
    public static TreeBranch Write(SopsMetadata metadata)
    {
        var block = new TreeBranch();
        if (metadata.KeyGroups.Count == 1)
        {
            block.Items.AddRange(WriteGroup(metadata.KeyGroups[0], isNested: false).Items);
        }
        else if (metadata.KeyGroups.Count > 1)
        {
            block.Add("key_groups", new TreeList { Elements = [.. metadata.KeyGroups.Select(group => WriteGroup(group, isNested: true))] });
        }

        WriteScalars(metadata, block);
        block.Items.AddRange(metadata.UnknownFields);
        Sort(block);
        return block;
    }

    private static void WriteScalars(SopsMetadata metadata, TreeBranch block)
    {
        if (metadata.ShamirThreshold > 0)
        {
            block.Add("shamir_threshold", TreeScalar.OfNumber((long)metadata.ShamirThreshold));
        }

        block.Add("lastmodified", TreeScalar.OfText(metadata.LastModified));
        block.Add("mac", TreeScalar.OfText(metadata.Mac));
        if (metadata.Rule is { } rule)
        {
            block.Add(rule.Name, TreeScalar.OfText(rule.Text));
        }

        if (metadata.IsMacOnlyEncrypted)
        {
            block.Add("mac_only_encrypted", TreeScalar.OfTruth(true));
        }

        block.Add("version", TreeScalar.OfText(metadata.Version));
    }

    /// <remarks>Compatibility: inside <c>key_groups</c> sops writes <c>age</c> and <c>hc_vault</c> even when they are empty.</remarks>
    private static TreeBranch WriteGroup(KeyGroup group, bool isNested)
    {
        var branch = new TreeBranch();
        foreach (var name in KeyEntry.ListNames)
        {
            List<TreeNode> entries = [.. group.Keys.Where(key => string.Equals(key.Key.TypeName, name, StringComparison.Ordinal)).Select(KeyEntry.Write)];
            if (entries.Count > 0 || (isNested && name is ("age" or "hc_vault")))
            {
                branch.Add(name, new TreeList { Elements = entries });
            }
        }

        return branch;
    }

    private static void Sort(TreeNode node)
    {
        if (node is TreeBranch branch)
        {
            branch.Items.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
            branch.Items.ForEach(item => Sort(item.Value));
        }
        else if (node is TreeList list)
        {
            list.Elements.ForEach(Sort);
        }
    }
}
