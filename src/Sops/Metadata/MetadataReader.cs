using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Metadata;

/// <summary>Reads the <c>sops</c> block of a file.</summary>
internal static class MetadataReader
{
    private static readonly string[] KnownNames =
    [
        "key_groups", "shamir_threshold", "lastmodified", "mac", "mac_only_encrypted", "version",
        "unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex", "unencrypted_comment_regex", "encrypted_comment_regex",
    ];

    /// <exception cref="SopsException">A field that every file must have is missing or does not parse.</exception>
    public static SopsMetadata Read(TreeBranch block)
    {
        var fields = new MetadataFields(block);
        if (!Rfc3339.TryNormalize(fields.Text("lastmodified"), out var lastModified))
        {
            throw new SopsException(SopsExitCode.Generic, "parsing time of 'lastmodified' in the sops metadata: expected RFC 3339, such as 2026-01-02T03:04:05Z");
        }

        return new SopsMetadata
        {
            KeyGroups = ReadGroups(fields),
            ShamirThreshold = fields.Number("shamir_threshold"),
            LastModified = lastModified,
            Mac = fields.Text("mac"),
            IsMacOnlyEncrypted = fields.Flag("mac_only_encrypted"),
            Rule = ReadRule(fields),
            Version = fields.Text("version"),
            UnknownFields = [.. fields.Items.Where(item => !IsKnown(item.Key))],
        };
    }

    private static bool IsKnown(string name) =>
        KnownNames.Contains(name, StringComparer.OrdinalIgnoreCase) || KeyEntry.ListNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The flat lists win over <c>key_groups</c>.</summary>
    private static List<KeyGroup> ReadGroups(MetadataFields fields)
    {
        var flat = ReadGroup(fields);
        if (flat.Keys.Count > 0)
        {
            return [flat];
        }

        var groups = fields.List("key_groups").Select(ReadGroup).ToList();
        return groups.Count > 0 ? groups : throw new SopsException(SopsExitCode.Generic, "No keys found in file");
    }

    private static KeyGroup ReadGroup(MetadataFields fields)
    {
        var keys = new List<WrappedKey>();
        foreach (var name in KeyEntry.ListNames)
        {
            keys.AddRange(fields.List(name).Select(entry => KeyEntry.Read(name, entry)));
        }

        return new KeyGroup(keys);
    }

    private static SelectionRule? ReadRule(MetadataFields fields)
    {
        SelectionRule? rule = null;
        foreach (var kind in SelectionRule.AllKinds)
        {
            var text = fields.Text(SelectionRule.NameOf(kind));
            if (text.Length > 0)
            {
                rule = rule is null ? new SelectionRule(kind, text) : throw new SopsException(
                    SopsExitCode.Generic,
                    "Cannot use more than one of encrypted_suffix, unencrypted_suffix, encrypted_regex, unencrypted_regex, encrypted_comment_regex, or unencrypted_comment_regex in the same file");
            }
        }

        return rule;
    }
}
