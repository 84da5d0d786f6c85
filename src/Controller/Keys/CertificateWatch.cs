using SecretsOps.Controller.Metrics;
using SecretsOps.Controller.Options;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Controller.Keys;

/// <summary>Publishes when the active certificate ends, and warns before kubeseal begins to refuse it.</summary>
internal sealed partial class CertificateWatch(KeyRingState state, KeyOptions options, ControllerMetrics metrics, TimeProvider time, ILogger<CertificateWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(12);

    private volatile string _warnedOf = ""; // once per key and interval

    /// <summary>What the status of SealedSecrets says while the active certificate ends soon; null while it does not.</summary>
    public string? Warning() => state.Ring.Active is { } active && IsEnding(active)
        ? $"the certificate that kubeseal seals with ends on {active.Certificate.NotAfter.UtcDateTime:yyyy-MM-dd} (key Secret '{active.Source.Name}'): what is sealed stays readable; set --key-renew-period, or add a newer key"
        : null;

    /// <summary>Looks at every change of the ring and twice a day, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        state.Changed += Look;
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            do
            {
                _warnedOf = "";
                Look();
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end.
        }
        finally
        {
            state.Changed -= Look;
        }
    }

    private void Look()
    {
        Publish();
        if (state.Ring.Active is { } active && active.Fingerprint != _warnedOf && IsEnding(active))
        {
            _warnedOf = active.Fingerprint;
            Log.ExpiresSoon(logger, active.Source.Name, active.Certificate.NotAfter);
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

    private bool IsEnding(SealingKey key) => key.Certificate.NotAfter - time.GetUtcNow() < options.ExpiryWarning;

    private static partial class Log
    {
        [LoggerMessage(130, LogLevel.Warning, "the active sealing certificate expires soon; kubeseal refuses it from then on: set --key-renew-period, or add a newer key")]
        public static partial void ExpiresSoon(ILogger logger, string secretname, DateTimeOffset notAfter);
    }
}
