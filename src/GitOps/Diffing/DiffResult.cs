using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Inventory;

namespace SecretsOps.GitOps.Diffing;

/// <summary>Whether the cluster holds what Git says; the order decides which one speaks for the whole Application.</summary>
public enum SyncCode
{
    /// <summary>It does.</summary>
    Synced,

    /// <summary>It does not.</summary>
    OutOfSync,

    /// <summary>It could not be found out.</summary>
    Unknown,
}

/// <summary>One object: as wanted, as it is, and whether the two agree. Without target it is left over; without live it is missing.</summary>
internal sealed record DiffEntry(Target? Target, LiveObject? Live, SyncCode Code, string Problem = "")
{
    /// <summary>Which fields differ and who wrote them, where that was asked for; names, never values.</summary>
    public string Explanation { get; init; } = "";
}

/// <summary>The comparison of an Application with its cluster.</summary>
internal sealed record DiffResult(IReadOnlyList<DiffEntry> Entries)
{
    /// <summary>The worst of the objects that count.</summary>
    public SyncCode Code => Counted.Select(entry => entry.Code).DefaultIfEmpty(SyncCode.Synced).Max();

    /// <summary>Hooks and skipped objects have no sync status.</summary>
    public IEnumerable<DiffEntry> Counted => Entries.Where(entry => entry.Target?.IsManaged ?? true);

    /// <summary>Hooks that stay where they were applied and were changed or deleted since.</summary>
    public IEnumerable<DiffEntry> ChangedHooks => Entries.Where(entry => entry is { Target.IsLastingHook: true, Code: SyncCode.OutOfSync });
}
