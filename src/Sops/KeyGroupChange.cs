using System.Text;
using SecretsOps.KeyManagement;
using SecretsOps.Sops.Metadata;

namespace SecretsOps.Sops;

/// <summary>The difference between the master keys of a file and those it should have.</summary>
internal sealed record KeyGroupChange(IReadOnlyList<GroupDifference> Groups, int OldThreshold, int Threshold)
{
    /// <summary>Whether nothing is to be done.</summary>
    public bool IsEmpty => OldThreshold == Threshold && Groups.All(group => group.Added.Count + group.Removed.Count == 0);

    /// <remarks>Compatibility: sops keeps the file's threshold, at most the number of groups, and does not look at the rule's.</remarks>
    public static KeyGroupChange Between(SopsMetadata metadata, IReadOnlyList<IReadOnlyList<MasterKey>> wanted)
    {
        var groups = new List<GroupDifference>();
        for (var index = 0; index < Math.Max(metadata.KeyGroups.Count, wanted.Count); index++)
        {
            var before = index < metadata.KeyGroups.Count ? metadata.KeyGroups[index].Keys.Select(key => key.Key).ToList() : [];
            IReadOnlyList<MasterKey> after = index < wanted.Count ? wanted[index] : [];
            groups.Add(new GroupDifference(
                [.. after.Where(key => Has(before, key))],
                [.. after.Where(key => !Has(before, key))],
                [.. before.Where(key => !Has(after, key))]));
        }

        return new KeyGroupChange(groups, metadata.ShamirThreshold, Math.Min(metadata.ShamirThreshold, wanted.Count));
    }

    /// <summary>The change as sops prints it.</summary>
    public string Describe()
    {
        var text = new StringBuilder("The following changes will be made to the file's groups:\n");
        if (OldThreshold != Threshold)
        {
            text.Append("shamir_threshold: ").Append(OldThreshold).Append(" -> ").Append(Threshold).Append('\n');
        }

        for (var index = 0; index < Groups.Count; index++)
        {
            text.Append("Group ").Append(index + 1).Append('\n');
            Append(text, "    ", Groups[index].Common);
            Append(text, "+++ ", Groups[index].Added);
            Append(text, "--- ", Groups[index].Removed);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string mark, IReadOnlyList<MasterKey> keys)
    {
        foreach (var key in keys)
        {
            text.Append(mark).Append(key).Append('\n');
        }
    }

    private static bool Has(IReadOnlyList<MasterKey> keys, MasterKey key) =>
        keys.Any(other => string.Equals(other.TypeName, key.TypeName, StringComparison.Ordinal) && string.Equals(other.Identity, key.Identity, StringComparison.Ordinal));
}

/// <summary>The difference within one group.</summary>
internal sealed record GroupDifference(IReadOnlyList<MasterKey> Common, IReadOnlyList<MasterKey> Added, IReadOnlyList<MasterKey> Removed);
