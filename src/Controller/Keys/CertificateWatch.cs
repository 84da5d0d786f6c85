using SecretsOps.Controller.Metrics;
using SecretsOps.Controller.Options;

namespace SecretsOps.Controller.Keys;

/// <summary>Publishes when the active certificate ends, and warns before kubeseal begins to refuse it.</summary>
internal sealed partial class CertificateWatch(KeyRingState state, KeyOptions options, ControllerMetrics metrics, TimeProvider time, ILogger<CertificateWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(12);

    /// <summary>Looks at every change of the ring and twice a day, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        state.Changed += Publish;
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            do
            {
                Publish();
                Warn();
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end.
        }
        finally
        {
            state.Changed -= Publish;
        }
    }

    private void Publish()
    {
        metrics.SetKeys(state.Ring.NewestFirst.Count, state.UnusableCount);
        if (state.Ring.Active is { } active)
        {
            metrics.SetCertificateExpiry(active.Fingerprint, active.Certificate.NotAfter);
        }
    }

    private void Warn()
    {
        if (state.Ring.Active is { } active && active.Certificate.NotAfter - time.GetUtcNow() < options.ExpiryWarning)
        {
            Log.ExpiresSoon(logger, active.Source.Name, active.Certificate.NotAfter);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(130, LogLevel.Warning, "the active sealing certificate expires soon; kubeseal refuses it from then on: set --key-renew-period, or add a newer key")]
        public static partial void ExpiresSoon(ILogger logger, string secretname, DateTimeOffset notAfter);
    }
}
