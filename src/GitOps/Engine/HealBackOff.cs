namespace SecretsOps.GitOps.Engine;

/// <summary>Lets the first repairs go at once and slows down when somebody keeps changing things back: 2 s, 6 s, 18 s … 300 s.</summary>
internal sealed class HealBackOff
{
    private const int SuspiciousRepairs = 3;
    private const int FreeRepairs = 10;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);

    private readonly Queue<DateTimeOffset> _repairs = new();
    private int _slowed;
    private DateTimeOffset _last;

    private TimeSpan Delay => TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, 2 * Math.Pow(3, _slowed)));

    /// <summary>Whether repairs follow each other so closely that somebody must be changing things back.</summary>
    public bool IsFight(DateTimeOffset now)
    {
        Settle(now);
        return _repairs.Count >= SuspiciousRepairs;
    }

    /// <summary>Starts anew: another commit is another matter.</summary>
    public void Forget()
    {
        _repairs.Clear();
        _slowed = 0;
    }

    /// <summary>How long the next repair has to wait.</summary>
    public TimeSpan Remaining(DateTimeOffset now)
    {
        Settle(now);
        if (_repairs.Count < FreeRepairs)
        {
            return TimeSpan.Zero;
        }

        var remaining = _last + Delay - now;
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    /// <summary>Counts a repair; gives how many there were in a row.</summary>
    public int Count(DateTimeOffset now)
    {
        Settle(now);
        _slowed = _repairs.Count >= FreeRepairs ? _slowed + 1 : 0;
        _repairs.Enqueue(now);
        _last = now;
        return _repairs.Count;
    }

    // A quiet spell much longer than the last delay ends the fight.
    private void Settle(DateTimeOffset now)
    {
        var horizon = 4 * Delay > Window ? 4 * Delay : Window;
        while (_repairs.TryPeek(out var oldest) && now - oldest > horizon)
        {
            _repairs.Dequeue();
        }

        _slowed = _repairs.Count < FreeRepairs ? 0 : _slowed;
    }
}
