using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.GitOps.Engine;

/// <summary>Which Applications and sets are this replica's. Each replica renews a Lease; a new one gets its share when all know it, a silent one loses it.</summary>
internal sealed partial class ReplicaShare(ApiClient client, SharingOptions options, TimeProvider clock, ILogger logger)
{
    private const string MemberLabel = "secretsops.io/replica-of";
    private const string MemberValue = "sync-engine";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly Informer _leases = new(client, ApiResource.Leases, new InformerOptions { Namespace = options.Namespace, LabelSelector = $"{MemberLabel}={MemberValue}" });
    private readonly string _leaseName = $"secretsops-engine-{options.Identity.ToLowerInvariant().Replace('_', '-')}";
    private readonly DateTimeOffset _joinedAt = clock.GetUtcNow();
    private volatile State _state = new([], [], DateTimeOffset.MinValue, IsAlone: false);
    private long _renewedAt;

    /// <summary>Raised when Applications came or went.</summary>
    public event Action? Changed;

    private TimeSpan Grace => options.LeaseDuration / 3;

    /// <summary>Whether this replica may work on a name now.</summary>
    public bool Owns(NamespacedName name)
    {
        var state = _state;
        if (state.IsAlone)
        {
            return true;
        }

        // A replica that cannot renew its Lease stops well before the others take over.
        var isHeard = clock.GetElapsedTime(Volatile.Read(ref _renewedAt)) < options.LeaseDuration * 2 / 3;
        return isHeard && Owner(state.Members, name) == options.Identity && IsHandedOver(state, name);
    }

    /// <summary>Takes part until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await TryJoinAsync(cancellationToken))
            {
                return;
            }

            var following = Task.Run(() => _leases.RunAsync(cancellationToken), CancellationToken.None);
            await _leases.WaitForSyncAsync(cancellationToken);
            await StayAsync(cancellationToken);
            await following;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is how this ends.
        }

        await LeaveAsync();
    }

    private async Task<bool> TryJoinAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await RenewAsync(cancellationToken);
                return true;
            }
            catch (ApiException exception) when (exception.IsForbidden)
            {
                LogForbidden(logger, exception.Message);
                Become(new State([options.Identity], [], DateTimeOffset.MinValue, IsAlone: true));
                return false;
            }
            catch (ApiException exception)
            {
                LogUnrenewed(logger, exception.Message);
                await Task.Delay(Look, clock, cancellationToken);
            }
        }
    }

    private async Task StayAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
        do
        {
            Count();
            if (clock.GetElapsedTime(Volatile.Read(ref _renewedAt)) > options.LeaseDuration / 5)
            {
                await TryRenewAsync(cancellationToken);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task TryRenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(options.LeaseDuration / 3);
            await RenewAsync(limit.Token);
        }
        catch (Exception exception) when (exception is ApiException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogUnrenewed(logger, exception.Message);
        }
    }

    // Who counts: all that are alive and that everybody has had the time to see. One that finds nobody else begins at once.
    private void Count()
    {
        var now = clock.GetUtcNow();
        List<ReplicaMember> alive = [.. _leases.Snapshot().Select(entry => ReplicaMember.TryRead(KubernetesObject.Parse(entry.Value.Span))).OfType<ReplicaMember>().Where(member => member.IsAlive(now))];
        var isFirst = alive.All(member => member.Identity == options.Identity);
        List<string> members = isFirst ? [options.Identity] : [.. alive.Where(member => member.IsSettled(now)).Select(member => member.Identity).Order(StringComparer.Ordinal)];
        var state = _state;
        if (!members.SequenceEqual(state.Members, StringComparer.Ordinal))
        {
            var names = string.Join(", ", members);
            LogMembers(logger, names);
            Become(new State(members, state.Members, now, IsAlone: false));
        }
        else if (state.ChangedAt != DateTimeOffset.MinValue && now - state.ChangedAt >= Grace)
        {
            Become(state with { Before = [], ChangedAt = DateTimeOffset.MinValue });
        }
    }

    private void Become(State state)
    {
        _state = state;
        Changed?.Invoke();
    }

    // What another replica had a moment ago, and that is still there, gets the time to end what it began.
    private bool IsHandedOver(State state, NamespacedName name) =>
        state.ChangedAt == DateTimeOffset.MinValue
        || Owner(state.Before, name) is not { } before || before == options.Identity || !state.Members.Contains(before)
        || clock.GetUtcNow() - state.ChangedAt >= Grace;

    private static string? Owner(IReadOnlyList<string> members, NamespacedName name) => members.MaxBy(member => ReplicaMember.Bid(member, name));

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var lease = new KubernetesObject(ApiResource.Leases.Gvk, options.Namespace, _leaseName);
        lease.SetLabel(MemberLabel, MemberValue);
        lease.Json["spec"] = new JsonObject
        {
            ["holderIdentity"] = options.Identity,
            ["leaseDurationSeconds"] = (int)Math.Ceiling(options.LeaseDuration.TotalSeconds),
            ["acquireTime"] = Text(_joinedAt),
            ["renewTime"] = Text(clock.GetUtcNow()),
        };
        await client.ApplyAsync(ApiResource.Leases, lease, new ApplyOptions { FieldManager = "secretsops-engine", Force = true }, cancellationToken);
        Volatile.Write(ref _renewedAt, startedAt);
    }

    private async Task LeaveAsync()
    {
        if (!options.ReleasesOnStop || _state.IsAlone)
        {
            return;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), clock);
        try
        {
            await client.TryDeleteAsync(ApiResource.Leases, options.Namespace, _leaseName, new DeleteOptions(), limit.Token);
        }
        catch (Exception exception) when (exception is ApiException or OperationCanceledException)
        {
            LogUnrenewed(logger, exception.Message); // the Lease runs out by itself
        }
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    /// <summary>Who counts now, who counted before the last change, and when that was; the minimum once it is settled.</summary>
    private sealed record State(IReadOnlyList<string> Members, IReadOnlyList<string> Before, DateTimeOffset ChangedAt, bool IsAlone);

    [LoggerMessage(EventId = 70, Level = LogLevel.Information, Message = "Applications are shared among: {Members}")]
    private static partial void LogMembers(ILogger logger, string members);

    [LoggerMessage(EventId = 71, Level = LogLevel.Warning, Message = "This replica's Lease was not renewed and will be tried again: {Reason}")]
    private static partial void LogUnrenewed(ILogger logger, string reason);

    [LoggerMessage(EventId = 72, Level = LogLevel.Warning, Message = "Leases are forbidden, so Applications are not shared: run one replica, or grant get, list, watch, create, patch and delete on leases.coordination.k8s.io: {Reason}")]
    private static partial void LogForbidden(ILogger logger, string reason);
}
