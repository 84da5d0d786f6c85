using SecretsOps.KeyManagement;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Configuration;

/// <summary>A rule of <c>.sops.yaml</c>: for which files, for whom, and what is encrypted.</summary>
public sealed record CreationRule
{
    /// <summary>RE2 expression over the path relative to the configuration; empty matches all.</summary>
    public string PathRegex { get; init; } = "";

    /// <summary>The groups of master keys, one group for the flat form.</summary>
    public IReadOnlyList<IReadOnlyList<MasterKey>> KeyGroups { get; init; } = [];

    /// <summary>How many groups are needed; 0 for all.</summary>
    public int ShamirThreshold { get; init; }

    /// <summary>The rules of selection; more than one is an error once the rule is used.</summary>
    public IReadOnlyList<SelectionRule> Selections { get; init; } = [];

    /// <summary>Whether the MAC covers encrypted values only.</summary>
    public bool IsMacOnlyEncrypted { get; init; }

    /// <summary>The line of the rule in its file, from 1.</summary>
    public int Line { get; init; }

    /// <summary>The rule of selection, or null.</summary>
    public SelectionRule? Selection => Selections.Count > 0 ? Selections[0] : null;
}

/// <summary>A rule of <c>.sops.yaml</c> that says where <c>publish</c> sends a file.</summary>
public sealed record DestinationRule
{
    /// <summary>RE2 expression over the path as it was typed.</summary>
    public string PathRegex { get; init; } = "";

    /// <summary>The settings by name: <c>s3_bucket</c>, <c>gcs_bucket</c>, <c>vault_path</c>, …</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Encrypts anew for these keys before the upload.</summary>
    public CreationRule? RecreationRule { get; init; }
}
