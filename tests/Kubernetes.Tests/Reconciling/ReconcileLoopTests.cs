using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.Testing;

namespace SecretsOps.Kubernetes.Tests.Reconciling;

public sealed class ReconcileLoopTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<ReconcileOutcome<string>> _outcomes = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly WorkQueue<string> _queue;
    private Task _running = Task.CompletedTask;

    public ReconcileLoopTests() => _queue = new WorkQueue<string>(_time);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _queue.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Done_leaves_the_key_alone()
    {
        Start((_, _) => Task.FromResult(ReconcileResult.Done));

        _queue.Add("a");
        await OutcomesAsync(1);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task Requeue_after_runs_again_when_due()
    {
        Start((_, _) => Task.FromResult(ReconcileResult.RequeueAfter(TimeSpan.FromMinutes(3), "the certificate expires")));

        _queue.Add("a");
        await OutcomesAsync(1);
        _time.Advance(TimeSpan.FromMinutes(3));

        await OutcomesAsync(2);
    }

    [Fact]
    public async Task A_failure_is_retried_with_back_off_and_then_forgotten()
    {
        var runs = 0;
        Start((_, _) => ++runs < 3 ? throw new InvalidOperationException("not yet") : Task.FromResult(ReconcileResult.Done));

        _queue.Add("a");
        await OutcomesAsync(1);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await OutcomesAsync(2);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await OutcomesAsync(3);

        Assert.Equal([true, true, false], _outcomes.Select(outcome => outcome.Error is not null));
        Assert.Equal(0, _queue.FailuresOf("a"));
    }

    [Fact]
    public async Task A_terminal_failure_is_not_retried()
    {
        Start((_, _) => throw new TerminalException("the spec must change first"));

        _queue.Add("a");
        await OutcomesAsync(1);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, _queue.Count);
        Assert.Null(_outcomes.Single().RetryAfter);
    }

    [Fact]
    public async Task Stopping_waits_for_the_reconcile_under_way()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        Start(async (_, _) =>
        {
            started.SetResult();
            await release.Task;
            return ReconcileResult.Done;
        });
        _queue.Add("a");
        await started.Task;

        await _stop.CancelAsync();
        Assert.False(_running.IsCompleted);
        release.SetResult();

        await _running.WaitAsync(Eventually.Deadline);
        Assert.Single(_outcomes);
    }

    private void Start(Func<string, CancellationToken, Task<ReconcileResult>> reconcile)
    {
        var loop = new ReconcileLoop<string>(_queue, reconcile, workers: 2, _time) { Finished = _outcomes.Enqueue };
        _running = loop.RunAsync(_stop.Token);
    }

    private Task OutcomesAsync(int count) =>
        Eventually.TrueAsync(() => Task.FromResult(_outcomes.Count == count), $"{count} reconciles have ended");
}
