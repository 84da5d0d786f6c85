using System.Globalization;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Selectors;
using SecretsOps.LocalCluster.Storage;
using SecretsOps.LocalCluster.Tables;

namespace SecretsOps.LocalCluster.Watching;

/// <summary>Answers watch: what there is (when asked), then every change, with bookmarks between.</summary>
internal sealed class WatchEndpoint(ObjectStore store, TableWriter tables, TimeProvider time, CancellationToken stopping)
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestWatch = TimeSpan.FromMinutes(45);

    internal async Task WatchAsync(ResourceRequest request)
    {
        var start = WatchStart.Parse(request);
        var selector = ObjectSelector.Parse(request.Kind, WatchedNamespace(request), request.Query("labelSelector"), FieldSelectorOf(request));
        var state = store.State;
        var after = start.IsFromNow ? state.Revision : start.Revision;
        using var subscription = store.Hub.TrySubscribe(request.Kind.StorageResource, after);
        var stream = new WatchStream(request, tables);
        await stream.BeginAsync();
        if (subscription is null)
        {
            await stream.SendErrorAsync(ApiErrors.Expired($"too old resource version: {after} ({state.Revision})"));
            return;
        }

        using var deadline = new CancellationTokenSource(Duration(request), time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, stopping, deadline.Token);
        try
        {
            if (start.SendsInitialState)
            {
                await SendInitialStateAsync(stream, state, request, selector, start);
            }

            await SendChangesAsync(stream, subscription, selector, after, start, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client left, the watch's time is over, or the server stops: the stream just ends.
        }
    }

    private static string WatchedNamespace(ResourceRequest request) => request.Info.Namespace;

    private static string FieldSelectorOf(ResourceRequest request)
    {
        var given = request.Query("fieldSelector");
        return request.Info.Name.Length == 0 ? given : string.Join(',', [$"metadata.name={request.Info.Name}", given]).TrimEnd(',');
    }

    private static TimeSpan Duration(ResourceRequest request) =>
        int.TryParse(request.Query("timeoutSeconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : LongestWatch;

    private static async Task SendInitialStateAsync(WatchStream stream, StoreState state, ResourceRequest request, ObjectSelector selector, WatchStart start)
    {
        foreach (var stored in state.Of(request.Kind.StorageResource).Values.Where(selector.Matches))
        {
            await stream.SendAsync("ADDED", stored.Json);
        }

        if (start.IsInitialStateMarked)
        {
            await stream.SendBookmarkAsync(state.Revision, isInitialEventsEnd: true);
        }

        await stream.FlushAsync();
    }

    private async Task SendChangesAsync(
        WatchStream stream, StoreSubscription subscription, ObjectSelector selector, long after, WatchStart start, CancellationToken cancellationToken)
    {
        while (true)
        {
            var safe = store.Hub.Revision;
            while (subscription.Events.TryRead(out var change))
            {
                if (change.Revision > after && WatchedChange.Of(change, selector) is { } seen)
                {
                    await stream.SendAsync(seen.Type, seen.Object.Json);
                }
            }

            await stream.FlushAsync();
            if (!await WaitAsync(subscription, cancellationToken))
            {
                if (subscription.Events.Completion.IsCompleted)
                {
                    return;
                }

                if (start.WantsBookmarks)
                {
                    await stream.SendBookmarkAsync(Math.Max(safe, after), isInitialEventsEnd: false);
                }
            }
        }
    }

    /// <summary>Whether there is something to read; false when it is time for a bookmark, or the subscription ended.</summary>
    private async Task<bool> WaitAsync(StoreSubscription subscription, CancellationToken cancellationToken)
    {
        using var bookmark = new CancellationTokenSource(BookmarkInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bookmark.Token, cancellationToken);
        try
        {
            return await subscription.Events.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
