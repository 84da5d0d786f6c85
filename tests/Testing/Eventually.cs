using System.Diagnostics;

namespace SecretsOps.Testing;

/// <summary>Polls for what a controller will do soon, instead of sleeping for as long as it might take.</summary>
public static class Eventually
{
    /// <summary>How long a condition may take before the test fails, unless it says otherwise; generous, because machines are shared.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold before the deadline; the message carries <paramref name="expectation"/>.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, string expectation, TimeSpan? deadline = null) =>
        await NotNullAsync<object>(async () => await condition() ? Deadline : null, expectation, deadline);

    /// <summary>Waits until the probe gives a value and returns it.</summary>
    /// <exception cref="TimeoutException">It gave none before the deadline.</exception>
    public static async Task<T> NotNullAsync<T>(Func<Task<T?>> probe, string expectation, TimeSpan? deadline = null)
        where T : class
    {
        var limit = deadline ?? Deadline;
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(Interval))
        {
            if (await probe() is { } value)
            {
                return value;
            }

            if (clock.Elapsed > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {expectation}.");
            }
        }
    }

    /// <summary>Waits until the assertion stops throwing; at the deadline its own exception comes out.</summary>
    public static async Task PassesAsync(Func<Task> assertion, TimeSpan? deadline = null)
    {
        var limit = deadline ?? Deadline;
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(Interval))
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception exception) when (clock.Elapsed <= limit && exception is not OperationCanceledException)
            {
                continue;
            }
        }
    }
}
