using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Inventory;

/// <summary>Keeps the inventory of one kind true: list, then watch, and again when the watch breaks.</summary>
/// <remarks>Not an informer of the Kubernetes project because that one keeps objects; here nothing but digests may stay.</remarks>
internal sealed partial class KindWatch(ApiClient client, ApiResource resource, string @namespace, LiveInventory inventory, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ApiResource Resource => resource;

    /// <summary>Raised when a first list succeeded after others had failed.</summary>
    public event Action? Recovered;

    /// <summary>Completes after the first list, or with the error that keeps it from happening.</summary>
    public Task Synced => Volatile.Read(ref _synced).Task;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        var version = "";
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                version = version.Length == 0 ? await ListAsync(cancellationToken) : version;
                await foreach (var change in client.WatchRawAsync(resource, @namespace, new WatchOptions { ResourceVersion = version }, cancellationToken))
                {
                    failures = 0;
                    version = Take(change);
                }
            }
            catch (ApiException exception)
            {
                version = exception.IsUnreachable ? version : "";
                failures++;
                LogBroken(logger, resource.QualifiedPlural, exception.Message);
                _synced.TrySetException(exception);
                _ = _synced.Task.Exception;
                await PauseAsync(failures, exception.IsNotFound, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var list = await client.ListRawAsync(resource, @namespace, ListOptions.All, cancellationToken);
        inventory.Replace(resource, @namespace, list.Items, list.ResourceVersion);
        foreach (var item in list.Items)
        {
            CryptographicOperations.ZeroMemory(item);
        }

        TellSynced();
        return list.ResourceVersion;
    }

    private void TellSynced()
    {
        if (_synced.TrySetResult() || !_synced.Task.IsFaulted)
        {
            return;
        }

        var recovered = new TaskCompletionSource();
        recovered.SetResult();
        Volatile.Write(ref _synced, recovered);
        Recovered?.Invoke();
    }

    private string Take(RawWatchEvent change)
    {
        var value = KubernetesObject.Parse(change.Object.Span);
        var version = value.ResourceVersion;
        if (change.Type == WatchEventType.Deleted)
        {
            inventory.Remove(resource.Key(value.Namespace, value.Name), value);
        }
        else if (change.Type != WatchEventType.Bookmark)
        {
            inventory.Put(value, resource);
        }

        return version;
    }

    // Jitter keeps many watches from coming back in step after the API server restarted.
    private Task PauseAsync(int failures, bool isKindGone, CancellationToken cancellationToken)
    {
        var seconds = isKindGone ? LongestPause.TotalSeconds : Math.Min(LongestPause.TotalSeconds, 0.1 * Math.Pow(2, Math.Min(failures, 10)));
        var pause = TimeSpan.FromSeconds(seconds * (0.5 + RandomNumberGenerator.GetInt32(500) / 1000.0));
        return Task.Delay(pause, clock, cancellationToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Watching {Resource} is interrupted and will be tried again: {Reason}")]
    private static partial void LogBroken(ILogger logger, string resource, string reason);
}
