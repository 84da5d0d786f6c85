using SecretsOps.KeyManagement;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Metadata;

/// <summary>A data key (or a share of it) wrapped by one master key, as a file stores it.</summary>
public sealed record WrappedKey(MasterKey Key, string Text)
{
    /// <summary>When the key wrapped, RFC 3339; age entries have none.</summary>
    public string CreatedAt { get; init; } = "";
}

/// <summary>Master keys of which any one is enough; with several groups a threshold of groups is needed.</summary>
public sealed record KeyGroup(IReadOnlyList<WrappedKey> Keys);

/// <summary>What a SOPS file says about itself: who can decrypt it, what is encrypted, when it changed, and the MAC.</summary>
public sealed record SopsMetadata
{
    /// <summary>The groups of master keys.</summary>
    public IReadOnlyList<KeyGroup> KeyGroups { get; init; } = [];

    /// <summary>How many groups are needed; 0 when the file does not say.</summary>
    public int ShamirThreshold { get; init; }

    /// <summary>When the content last changed, RFC 3339 to the second.</summary>
    public string LastModified { get; init; } = "";

    /// <summary>The encrypted MAC; empty when the file has none.</summary>
    public string Mac { get; init; } = "";

    /// <summary>Whether the MAC covers encrypted values only.</summary>
    public bool IsMacOnlyEncrypted { get; init; }

    /// <summary>The rule that the file carries, or null.</summary>
    public SelectionRule? Rule { get; init; }

    /// <summary>The version of SOPS that created or last edited the file.</summary>
    public string Version { get; init; } = "";

    /// <summary>Fields we do not know: kept, so that another tool's additions survive a rewrite.</summary>
    public IReadOnlyList<TreeItem> UnknownFields { get; init; } = [];

    /// <summary>The rule in force: sops takes the default where the file carries none.</summary>
    public SelectionRule EffectiveRule => Rule ?? SelectionRule.Default;

    /// <summary>Every wrapped key of every group.</summary>
    public IEnumerable<WrappedKey> AllKeys => KeyGroups.SelectMany(group => group.Keys);
}
