using System.Security.Cryptography;

namespace SecretsOps.Kubernetes.Reconciling;

/// <summary>How long to wait before a retry: doubling from a first delay to a longest one, less up to a fifth by chance.</summary>
public sealed record BackOff
{
    /// <summary>100 ms, doubling to five minutes.</summary>
    public static readonly BackOff Default = new();

    /// <summary>Delay after the first failure.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>No delay is longer.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The delay after so many failures in a row.</summary>
    public TimeSpan DelayAfter(int failures)
    {
        var doublings = Math.Min(Math.Max(failures - 1, 0), 40);
        var ticks = Math.Min(First.Ticks * Math.Pow(2, doublings), Longest.Ticks);
        var share = 0.8 + (RandomNumberGenerator.GetInt32(0, 201) / 1000.0); // many clients must not return in step
        return TimeSpan.FromTicks((long)(ticks * share));
    }
}
