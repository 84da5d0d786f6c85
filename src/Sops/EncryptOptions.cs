using SecretsOps.KeyManagement;
using SecretsOps.Sops.Stores;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops;

/// <summary>For whom and how to encrypt a file.</summary>
public sealed record EncryptOptions
{
    /// <summary>The groups of master keys.</summary>
    public required IReadOnlyList<IReadOnlyList<MasterKey>> KeyGroups { get; init; }

    /// <summary>How many groups are needed; 0 for all.</summary>
    public int ShamirThreshold { get; init; }

    /// <summary>What is encrypted; null for sops's default.</summary>
    public SelectionRule? Rule { get; init; }

    /// <summary>Whether the MAC covers encrypted values only.</summary>
    public bool IsMacOnlyEncrypted { get; init; }

    /// <summary>The format to write; the input's own when null.</summary>
    public SopsFormat? OutputFormat { get; init; }

    /// <summary>Indentation of what is written.</summary>
    public StoreOptions Stores { get; init; } = new();

    /// <summary>The clock for the time in the metadata.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
