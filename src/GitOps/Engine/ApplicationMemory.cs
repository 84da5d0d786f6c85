using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Rendering;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Engine;

/// <summary>What the engine remembers of one Application between reconciles: digests, keys and times, never content. All of it can be lost.</summary>
internal sealed class ApplicationMemory
{
    private RenderInputs? _inputs;
    private IReadOnlyList<(ObjectKey Key, string Digest)> _targets = [];
    private IReadOnlyList<(ObjectKey Key, string Digest)> _hooks = [];
    private string? _hookDigests;
    private DateTimeOffset? _writeDueAt;

    public InSyncRecords Records { get; } = new();

    public HealBackOff Heals { get; } = new();

    /// <summary>When a refresh was asked for; remotes are not believed if they answered before.</summary>
    public DateTimeOffset RefreshedAt { get; set; }

    public DateTimeOffset LastComparedAt { get; set; }

    public string SpecDigest { get; private set; } = "";

    public IReadOnlyList<ObjectKey> ManagedKeys => [.. _targets.Select(target => target.Key)];

    /// <summary>Takes the second in which the Application was made, which is all that the server tells.</summary>
    public void NeedsRefsOf(DateTimeOffset createdAt, DateTimeOffset now)
    {
        var end = createdAt + TimeSpan.FromSeconds(1);
        var moment = end < now ? end : now;
        RefreshedAt = moment > RefreshedAt ? moment : RefreshedAt;
    }

    /// <summary>A changed spec makes every record worthless: other rules may apply.</summary>
    public void TakeSpec(string digest)
    {
        if (SpecDigest != digest)
        {
            SpecDigest = digest;
            Forget();
        }
    }

    public void Forget()
    {
        _inputs = null;
        _targets = [];
        Records.Clear();
    }

    /// <summary>Remembers a comparison that found everything in sync.</summary>
    public void Remember(RenderInputs? inputs, DiffResult diff)
    {
        var isSettled = diff.Code == SyncCode.Synced && !diff.ChangedHooks.Any() && diff.Entries.All(entry => entry.Target is not null);
        _inputs = isSettled ? inputs : null;
        _targets = isSettled ? [.. diff.Counted.Select(entry => (entry.Target!.Key, entry.Target.Digest))] : [];
        _hooks = isSettled ? [.. diff.Entries.Where(entry => entry.Target is { IsLastingHook: true }).Select(entry => (entry.Target!.Key, entry.Target.Digest))] : [];
    }

    /// <summary>Takes the hooks that Git has now; tells whether they differ from those of the last comparison that this process made.</summary>
    public HookNews TakeHooks(DiffResult diff)
    {
        var digests = string.Join(',', diff.Entries.Where(entry => entry.Target is { Hook.IsHook: true }).Select(entry => entry.Target!.Digest));
        var isKnown = _hookDigests is not null && _hookDigests != digests;
        _hookDigests = digests;
        return isKnown ? HookNews.Changed : HookNews.None;
    }

    /// <summary>What the comparison that found everything in sync was made of; null where there was none.</summary>
    public RenderInputs? SettledInputs => _inputs;

    /// <summary>Whether the cluster is as it was when everything was in sync.</summary>
    public bool IsSettled(LiveInventory inventory, string application)
    {
        if (_inputs is null)
        {
            return false;
        }

        var wanted = _targets.Select(target => target.Key).ToHashSet();
        return _targets.Concat(_hooks).All(target => inventory.TryGet(target.Key) is { } live && Records.Holds(target.Key, target.Digest, live))
            && inventory.OwnedBy(application).All(live => wanted.Contains(live.Key) || live.HasOwner || live.IsHook);
    }

    /// <summary>True when a write may wait until the delay is over; false when it has waited.</summary>
    public bool TryPostpone(DateTimeOffset now, TimeSpan delay)
    {
        if (_writeDueAt is { } due && now >= due)
        {
            _writeDueAt = null;
            return false;
        }

        _writeDueAt ??= now + delay;
        return true;
    }
}
