namespace SecretsOps.Testing.KeyServices;

/// <summary>A clock whose time-outs last ten times longer: a loaded machine may need seconds for an answer that a metadata service gives at once.</summary>
public sealed class PatientTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime >= TimeSpan.FromSeconds(1) ? 10 * dueTime : dueTime, period);
}
