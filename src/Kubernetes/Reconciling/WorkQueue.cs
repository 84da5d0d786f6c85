using System.Threading.Channels;

namespace SecretsOps.Kubernetes.Reconciling;

/// <summary>Keys waiting for work: each at most once, and never with two workers at a time.</summary>
/// <remarks>A key added while it is being worked on is handed out again after <see cref="Done"/>.</remarks>
#pragma warning disable CA1711 // a work queue is what the field calls it
public sealed class WorkQueue<TKey> : IDisposable
#pragma warning restore CA1711
    where TKey : notnull
{
    private readonly Channel<TKey> _ready = Channel.CreateUnbounded<TKey>();
    private readonly Lock _gate = new();
    private readonly HashSet<TKey> _wanted = [];
    private readonly HashSet<TKey> _working = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly DelayedKeys<TKey> _delayed = new();
    private readonly TimeProvider _timeProvider;
    private readonly BackOff _backOff;
    private readonly ITimer _timer;

    /// <summary>Makes an empty queue.</summary>
    public WorkQueue(TimeProvider timeProvider, BackOff? backOff = null)
    {
        _timeProvider = timeProvider;
        _backOff = backOff ?? BackOff.Default;
        _timer = timeProvider.CreateTimer(_ => ReleaseDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keys that wait for a worker now; delayed ones are not counted.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _wanted.Count;
            }
        }
    }

    /// <summary>Asks for work on a key as soon as a worker is free; a delay set before no longer counts.</summary>
    public void Add(TKey key)
    {
        lock (_gate)
        {
            _delayed.Remove(key);
            AddLocked(key);
        }
    }

    /// <summary>Asks for work on a key after a delay; of several delays the earliest counts.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        lock (_gate)
        {
            if (!_wanted.Contains(key) && _delayed.Add(key, _timeProvider.GetUtcNow() + delay))
            {
                SetTimer();
            }
        }
    }

    /// <summary>Asks for work on a key that failed, later after each failure in a row; returns the delay.</summary>
    public TimeSpan AddWithBackOff(TKey key)
    {
        TimeSpan delay;
        lock (_gate)
        {
            var failures = _failures.GetValueOrDefault(key) + 1;
            _failures[key] = failures;
            delay = _backOff.DelayAfter(failures);
        }

        AddAfter(key, delay);
        return delay;
    }

    /// <summary>A key succeeded: its next failure waits as short as the first.</summary>
    public void Forget(TKey key)
    {
        lock (_gate)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>How often a key failed since it last succeeded.</summary>
    public int FailuresOf(TKey key)
    {
        lock (_gate)
        {
            return _failures.GetValueOrDefault(key);
        }
    }

    /// <summary>Waits for a key; the caller owns it until <see cref="Done"/>.</summary>
    public async ValueTask<TKey> TakeAsync(CancellationToken cancellationToken)
    {
        var key = await _ready.Reader.ReadAsync(cancellationToken);
        lock (_gate)
        {
            _wanted.Remove(key);
            _working.Add(key);
        }

        return key;
    }

    /// <summary>The worker has finished with a key, well or not.</summary>
    public void Done(TKey key)
    {
        lock (_gate)
        {
            if (_working.Remove(key) && _wanted.Contains(key))
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    /// <summary>Stops the timer of delayed keys.</summary>
    public void Dispose() => _timer.Dispose();

    private void AddLocked(TKey key)
    {
        if (_wanted.Add(key) && !_working.Contains(key))
        {
            _ready.Writer.TryWrite(key);
        }
    }

    private void ReleaseDue()
    {
        lock (_gate)
        {
            foreach (var key in _delayed.TakeDue(_timeProvider.GetUtcNow()))
            {
                AddLocked(key);
            }

            SetTimer();
        }
    }

    private void SetTimer()
    {
        if (_delayed.Earliest is { } due)
        {
            var wait = due - _timeProvider.GetUtcNow();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
