using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;
using SecretsOps.Sops.Metadata;

namespace SecretsOps.Sops.Keys;

/// <summary>Gets the share of one key group: the keys in their order, and when a network service takes long, the next key beside it.</summary>
/// <remarks>All at once would call services, and leave traces in their audit logs, that nobody needs; one after the other would wait for each that is away.</remarks>
internal sealed class GroupUnwrap(IKeyService keys, TimeProvider clock)
{
    /// <summary>How long a key has before the next one is tried beside it.</summary>
    internal static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(2);

    private readonly List<(int Index, WrappedKey Key, Task<SecretBytes> Work)> _running = [];
    private readonly List<(int Index, MasterKey Key, string? Reason)> _attempts = [];

    /// <summary>The first share that a key gives; without one, each key's refusal.</summary>
    public async Task<GroupOutcome> RunAsync(IReadOnlyList<WrappedKey> ordered, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        SecretBytes? share = null;
        try
        {
            for (var next = 0; share is null && (next < ordered.Count || _running.Count > 0);)
            {
                if (next < ordered.Count && await MayStartAsync(stop.Token).ConfigureAwait(false))
                {
                    _running.Add((next, ordered[next], StartAsync(ordered[next], stop.Token)));
                    next++;
                    continue;
                }

                share = await TakeFirstAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            _running.ForEach(late => _ = DiscardAsync(late.Work));
        }

        return new GroupOutcome(share, [.. _attempts.OrderBy(attempt => attempt.Index).Select(attempt => (attempt.Key, attempt.Reason))]);
    }

    // Async, so that a service that refuses at once refuses in its task like the others.
    private async Task<SecretBytes> StartAsync(WrappedKey key, CancellationToken cancellationToken) =>
        await keys.UnwrapAsync(key.Key, key.Text, cancellationToken).ConfigureAwait(false);

    // At once when nothing runs; else when what runs is over the network and has had its head start. Never beside a person who may be typing a passphrase.
    private async Task<bool> MayStartAsync(CancellationToken cancellationToken)
    {
        if (_running.Count == 0)
        {
            return true;
        }

        var first = Task.WhenAny(_running.Select(attempt => attempt.Work));
        if (_running.Exists(attempt => attempt.Key.Key.TypeName is "age" or "pgp"))
        {
            await first.ConfigureAwait(false);
            return false;
        }

        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var headStart = Task.Delay(HeadStart, clock, answered.Token);
        var isOver = await Task.WhenAny(first, headStart).ConfigureAwait(false) == headStart;
        await answered.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return isOver;
    }

    private async Task<SecretBytes?> TakeFirstAsync()
    {
        var done = await Task.WhenAny(_running.Select(attempt => attempt.Work)).ConfigureAwait(false);
        var (index, key, work) = _running.Find(attempt => attempt.Work == done);
        _running.RemoveAll(attempt => attempt.Work == done);
        try
        {
            var share = await work.ConfigureAwait(false);
            _attempts.Add((index, key.Key, null));
            return share;
        }
        catch (MasterKeyException failure)
        {
            _attempts.Add((index, key.Key, failure.Remedy is null ? failure.Reason : $"{failure.Reason} ({failure.Remedy})"));
            return null;
        }
    }

    // What comes too late is wiped, and how it ended is of no interest.
    private static async Task DiscardAsync(Task<SecretBytes> late)
    {
        try
        {
            (await late.ConfigureAwait(false)).Dispose();
        }
        catch (Exception failure) when (failure is MasterKeyException or OperationCanceledException)
        {
            return;
        }
    }
}
