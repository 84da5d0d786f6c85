using Microsoft.Extensions.Time.Testing;
using SecretsOps.Kubernetes.Reconciling;

namespace SecretsOps.Kubernetes.Tests.Reconciling;

public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorkQueue<string> _queue;

    public WorkQueueTests() =>
        _queue = new WorkQueue<string>(_time, new BackOff { First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(10) });

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task A_key_added_twice_is_handed_out_once()
    {
        _queue.Add("a");
        _queue.Add("a");
        _queue.Add("b");

        Assert.Equal(["a", "b"], [await TakeAsync(), await TakeAsync()]);
        Assert.False(HasReady());
    }

    [Fact]
    public async Task A_key_added_while_worked_on_waits_for_its_worker_and_runs_again()
    {
        _queue.Add("a");
        await TakeAsync();

        _queue.Add("a");
        Assert.False(HasReady());
        _queue.Done("a");

        Assert.Equal("a", await TakeAsync());
    }

    [Fact]
    public void A_delayed_key_comes_when_it_is_due()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(HasReady());
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(HasReady());
    }

    [Fact]
    public void Of_two_delays_the_earlier_counts()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(5));
        _queue.AddAfter("a", TimeSpan.FromSeconds(2));
        _queue.AddAfter("a", TimeSpan.FromSeconds(9));

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(HasReady());
    }

    [Fact]
    public async Task Work_at_once_cancels_a_delay()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(5));
        _queue.Add("a");
        await TakeAsync();
        _queue.Done("a");

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.False(HasReady());
    }

    [Fact]
    public void Delayed_keys_come_in_order_from_one_timer()
    {
        _queue.AddAfter("c", TimeSpan.FromSeconds(3));
        _queue.AddAfter("a", TimeSpan.FromSeconds(1));
        _queue.AddAfter("b", TimeSpan.FromSeconds(2));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _queue.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _queue.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, _queue.Count);
    }

    [Fact]
    public void Failures_wait_longer_each_time_up_to_the_longest()
    {
        TimeSpan[] delays = [.. Enumerable.Range(0, 6).Select(_ => _queue.AddWithBackOff("a"))];

        double[] expected = [1, 2, 4, 8, 10, 10];
        Assert.All(delays.Zip(expected), pair => Assert.InRange(pair.First.TotalSeconds, pair.Second * 0.8, pair.Second));
        Assert.Equal(6, _queue.FailuresOf("a"));
    }

    [Fact]
    public void A_success_starts_the_back_off_afresh()
    {
        _queue.AddWithBackOff("a");
        _queue.AddWithBackOff("a");

        _queue.Forget("a");

        Assert.InRange(_queue.AddWithBackOff("a").TotalSeconds, 0.8, 1);
    }

    [Fact]
    public async Task Many_workers_never_hold_one_key_twice()
    {
        var held = new int[10];
        var handled = 0;
        using var stop = new CancellationTokenSource();
        var workers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref handled) < 2000)
            {
                var key = await _queue.TakeAsync(stop.Token);
                var slot = int.Parse(key);
                Assert.Equal(1, Interlocked.Increment(ref held[slot]));
                await Task.Yield();
                Assert.Equal(0, Interlocked.Decrement(ref held[slot]));
                Interlocked.Increment(ref handled);
                _queue.Add(key);
                _queue.Done(key);
            }
        })).ToArray();

        for (var i = 0; i < held.Length; i++)
        {
            _queue.Add($"{i}");
        }

        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(handled >= 2000);
    }

    private async Task<string> TakeAsync() => await _queue.TakeAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);

    private bool HasReady()
    {
        using var giveUp = new CancellationTokenSource();
        var take = _queue.TakeAsync(giveUp.Token).AsTask();
        var isReady = take.IsCompletedSuccessfully;
        giveUp.Cancel();
        return isReady;
    }
}
