using System.Security.Cryptography;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Watching;

/// <summary>Keeps a local copy of a kind's objects and tells of every change, through restarts and dropped connections.</summary>
public sealed class Informer
{
    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1);

    private readonly ApiClient _client;
    private readonly ApiResource _resource;
    private readonly InformerOptions _options;
    private readonly ObjectCache _cache;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _resourceVersion = "";
    private int _failures;

    /// <summary>Makes an informer that does nothing before <see cref="RunAsync"/>.</summary>
    public Informer(ApiClient client, ApiResource resource, InformerOptions options)
    {
        _client = client;
        _resource = resource;
        _options = options;
        _cache = new ObjectCache(change => Changed?.Invoke(change));
    }

    /// <summary>Tells of each change, in order and after the cache has it. Handlers must be quick and must not throw.</summary>
    public event Action<ObjectChange>? Changed;

    /// <summary>What is watched.</summary>
    public ApiResource Resource => _resource;

    /// <summary>Whether the cache has held a whole list at least once.</summary>
    public bool IsSynced => _synced.Task.IsCompletedSuccessfully;

    /// <summary>Why the server is not being followed right now; null while it is.</summary>
    public Exception? LastError { get; private set; }

    /// <summary>How many objects are cached.</summary>
    public int Count => _cache.Count;

    /// <summary>Waits for the first whole list.</summary>
    public Task WaitForSyncAsync(CancellationToken cancellationToken) => _synced.Task.WaitAsync(cancellationToken);

    /// <summary>A fresh copy of a cached object, or null.</summary>
    public KubernetesObject? TryGet(NamespacedName name) =>
        _cache.TryGet(name, out var utf8) ? KubernetesObject.Parse(utf8) : null;

    /// <summary>Every cached object's name and UTF-8 JSON, as of about now.</summary>
    public IReadOnlyList<KeyValuePair<NamespacedName, ReadOnlyMemory<byte>>> Snapshot() =>
        [.. _cache.All.Select(pair => KeyValuePair.Create(pair.Key, (ReadOnlyMemory<byte>)pair.Value))];

    /// <summary>Lists, watches and recovers until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is ApiException or KubeconfigException or OperationCanceledException or HttpRequestException or IOException)
            {
                await RecoverAsync(e, cancellationToken);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (_resourceVersion.Length == 0)
        {
            await ListAsync(cancellationToken);
        }

        var started = _client.Connection.TimeProvider.GetTimestamp();
        var hasEvents = await WatchAsync(cancellationToken);
        if (!hasEvents && _client.Connection.TimeProvider.GetElapsedTime(started) < ShortWatch)
        {
            throw new ApiException($"{_resource.QualifiedPlural}: watch failed: the server closed it at once", 0, "ClosedWatch");
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var options = new ListOptions
        {
            LabelSelector = _options.LabelSelector,
            FieldSelector = _options.FieldSelector,
            MetadataOnly = _options.MetadataOnly,
            KeepManagedFields = _options.KeepManagedFields,
        };
        var list = await _client.ListRawAsync(_resource, _options.Namespace, options, cancellationToken);
        _cache.Replace(_options.Transform is null ? list.Items : [.. list.Items.Select(item => Transformed(item))]);
        _resourceVersion = list.ResourceVersion;
        Succeed();
        _synced.TrySetResult();
    }

    private async Task<bool> WatchAsync(CancellationToken cancellationToken)
    {
        var options = new WatchOptions
        {
            ResourceVersion = _resourceVersion,
            LabelSelector = _options.LabelSelector,
            FieldSelector = _options.FieldSelector,
            MetadataOnly = _options.MetadataOnly,
            KeepManagedFields = _options.KeepManagedFields,
            Timeout = TimeSpan.FromSeconds(RandomNumberGenerator.GetInt32(300, 600)), // watches must not all end together
        };
        var hasEvents = false;
        await foreach (var @event in _client.WatchRawAsync(_resource, _options.Namespace, options, cancellationToken))
        {
            hasEvents = true;
            Take(@event);
            Succeed();
        }

        return hasEvents;
    }

    private void Take(RawWatchEvent @event)
    {
        var identity = ObjectIdentity.Read(@event.Object.Span);
        if (@event.Type is WatchEventType.Added or WatchEventType.Modified)
        {
            _cache.Put(Transformed(@event.Object.ToArray()));
        }
        else if (@event.Type == WatchEventType.Deleted)
        {
            _cache.Remove(new NamespacedName(identity.Namespace, identity.Name), Transformed(@event.Object.ToArray()));
        }

        _resourceVersion = identity.ResourceVersion.Length > 0 ? identity.ResourceVersion : _resourceVersion;
    }

    private byte[] Transformed(byte[] utf8) =>
        _options.Transform is { } transform ? transform(KubernetesObject.Parse(utf8)).ToUtf8Json() : utf8;

    private void Succeed()
    {
        _failures = 0;
        LastError = null;
    }

    private async Task RecoverAsync(Exception error, CancellationToken cancellationToken)
    {
        // An expired version, or one from a future that the server does not know (restored from a backup): list again.
        var isExpected = error is ApiException { IsGone: true } && _failures == 0 && _resourceVersion.Length > 0;
        if (error is ApiException api && (api.IsGone || api.Status is 400 or 404 or 504))
        {
            _resourceVersion = "";
        }

        if (isExpected)
        {
            _failures++;
            return;
        }

        LastError = error;
        var delay = _options.BackOff.DelayAfter(++_failures);
        var asked = (error as ApiException)?.RetryAfter ?? TimeSpan.Zero;
        try
        {
            await Task.Delay(delay > asked ? delay : asked, _client.Connection.TimeProvider, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return; // RunAsync sees the token
        }
    }
}
