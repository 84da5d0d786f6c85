namespace SecretsOps.Kubernetes.Reconciling;

/// <summary>How a reconcile ended when it did not throw.</summary>
public sealed record ReconcileResult
{
    private ReconcileResult(TimeSpan? delay, string reason)
    {
        Delay = delay;
        Reason = reason;
    }

    /// <summary>Nothing more to do until something changes.</summary>
    public static ReconcileResult Done { get; } = new(null, "");

    /// <summary>When to look again; null for when something changes.</summary>
    public TimeSpan? Delay { get; }

    /// <summary>What is being waited for.</summary>
    public string Reason { get; }

    /// <summary>Look again after a delay.</summary>
    public static ReconcileResult RequeueAfter(TimeSpan delay, string reason) => new(delay, reason);
}

/// <summary>Trying again will not help: a person must change something first.</summary>
public sealed class TerminalException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>One finished reconcile, for logs and metrics.</summary>
/// <param name="Key">What was reconciled.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Result">How it ended, or null when it threw.</param>
/// <param name="Error">What it threw, or null.</param>
/// <param name="RetryAfter">When it runs again by itself, or null.</param>
public sealed record ReconcileOutcome<TKey>(
    TKey Key, TimeSpan Duration, ReconcileResult? Result, Exception? Error, TimeSpan? RetryAfter);
