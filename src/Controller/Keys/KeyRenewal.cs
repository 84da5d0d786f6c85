namespace SecretsOps.Controller.Keys;

/// <summary>Decides when a new sealing key is due. Pure: the answer depends on the arguments alone, so every replica agrees.</summary>
internal static class KeyRenewal
{
    /// <summary>How long the timer sleeps at most: clocks change, and keys are added by hand.</summary>
    public static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    /// <summary>Why a new key is due now; <see cref="KeyNeed.None"/> when it is not.</summary>
    public static KeyNeed NeedAt(DateTimeOffset now, NewestKey? newest, RenewalPolicy policy)
    {
        if (newest is null)
        {
            return KeyNeed.First;
        }

        if (policy.Cutoff is { } cutoff && newest.OrderingTime < cutoff)
        {
            return KeyNeed.Cutoff;
        }

        if (policy.Period <= TimeSpan.Zero)
        {
            return KeyNeed.None;
        }

        // kubeseal refuses an expired certificate, and upstream serves it for ever (defect D14).
        return now >= newest.NotAfter ? KeyNeed.Expired : now - newest.OrderingTime >= policy.Period ? KeyNeed.Period : KeyNeed.None;
    }

    /// <summary>How long until the question is worth asking again.</summary>
    public static TimeSpan SleepAt(DateTimeOffset now, NewestKey? newest, RenewalPolicy policy)
    {
        if (newest is null || policy.Period <= TimeSpan.Zero)
        {
            return LongestSleep;
        }

        var due = newest.OrderingTime + policy.Period;
        var first = due < newest.NotAfter ? due : newest.NotAfter;
        var sleep = first - now;
        return sleep <= TimeSpan.Zero ? TimeSpan.Zero : sleep < LongestSleep ? sleep : LongestSleep;
    }
}

/// <summary>What renewal looks at in the ring: the key that is active.</summary>
internal sealed record NewestKey(string Fingerprint, DateTimeOffset OrderingTime, DateTimeOffset NotAfter);

/// <summary>A period (zero: never) and a time before which no active key may date.</summary>
internal sealed record RenewalPolicy(TimeSpan Period, DateTimeOffset? Cutoff);

/// <summary>The reason for a new key.</summary>
internal enum KeyNeed
{
    None,
    First,
    Cutoff,
    Period,
    Expired,
    Asked,
}
