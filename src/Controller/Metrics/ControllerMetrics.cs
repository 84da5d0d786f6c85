using System.Collections.Concurrent;
using System.Text;

namespace SecretsOps.Controller.Metrics;

/// <summary>Every instrument of the controller: upstream's names and labels first (reference 4.3), ours after them.</summary>
internal sealed class ControllerMetrics : IDisposable
{
    private const string Prefix = "sealed_secrets_controller_";
    private const string Synced = "Synced";

    private readonly MetricFamily _buildInfo = new($"{Prefix}build_info", "gauge", "Build information.", "revision");
    private readonly MetricFamily _unsealRequests = new($"{Prefix}unseal_requests_total", "counter", "Total number of sealed secret unseal requests");
    private readonly MetricFamily _unsealErrors = new($"{Prefix}unseal_errors_total", "counter", "Total number of sealed secret unseal errors by reason", "reason", "namespace");
    private readonly MetricFamily _conditions = new($"{Prefix}condition_info", "gauge", "Current SealedSecret condition status. Values are -1 (false), 0 (unknown or absent), 1 (true)", "namespace", "name", "condition", "ss_app_kubernetes_io_instance");
    private readonly MetricFamily _httpRequests = new($"{Prefix}http_requests_total", "counter", "A counter for requests to the wrapped handler.", "path", "code", "method");
    private readonly ConcurrentDictionary<(string Namespace, string Name), string> _instances = new(); // the last label of each condition's series
    private readonly HistogramFamily _httpDurations = new($"{Prefix}http_request_duration_seconds", "A histogram of latencies for requests.", "path", "method");

    private readonly MeterExposition _engine = new(GitOps.Telemetry.EngineTelemetry.Name);

    private readonly MetricFamily _privateOperations = new($"{Prefix}private_key_operations_total", "counter", "RSA private key operations made to unseal items.");
    private readonly MetricFamily _skipped = new($"{Prefix}unchanged_skipped_total", "counter", "SealedSecrets left alone because their digest and their Secret were unchanged.");
    private readonly MetricFamily _keys = new($"{Prefix}sealing_keys", "gauge", "Sealing keys in the ring.");
    private readonly MetricFamily _malformedKeys = new($"{Prefix}sealing_keys_malformed", "gauge", "Secrets labelled as sealing keys that hold none.");
    private readonly MetricFamily _keyDependants = new($"{Prefix}sealing_key_dependants", "gauge", "SealedSecrets last opened with each key.", "fingerprint");
    private readonly MetricFamily _certificateExpiry = new($"{Prefix}certificate_expiry_timestamp_seconds", "gauge", "When the active sealing certificate expires, in seconds since 1970.", "fingerprint");
    private readonly MetricFamily _isLeader = new($"{Prefix}leader", "gauge", "Whether this replica is the one that writes.");

    /// <summary>Whether <c>condition_info</c>, which names SealedSecrets, is left out.</summary>
    public bool OmitSecretLabels { get; init; }

    /// <summary>Creates the instruments; counters without labels exist from the start, as in upstream.</summary>
    public ControllerMetrics(string revision)
    {
        _buildInfo.Set(1, revision);
        _unsealRequests.Add(0);
        _privateOperations.Add(0);
        _skipped.Add(0);
        _isLeader.Set(0);
    }

    public void CountUnsealRequest() => _unsealRequests.Add(1);

    public void CountUnsealError(UnsealErrorReason reason, string @namespace) => _unsealErrors.Add(1, Word(reason), @namespace);

    public void CountPrivateOperations(long count) => _privateOperations.Add(count);

    public void CountSkipped() => _skipped.Add(1);

    public void CountHttpRequest(string path, int status, string method, TimeSpan duration)
    {
        _httpRequests.Add(1, path, status.ToString(System.Globalization.CultureInfo.InvariantCulture), method.ToLowerInvariant());
        _httpDurations.Observe(duration.TotalSeconds, path, method.ToLowerInvariant());
    }

    /// <summary>Publishes the condition <c>Synced</c>: -1 for False, 0 for Unknown, 1 for True.</summary>
    public void SetSynced(string @namespace, string name, string status, string instance)
    {
        if (OmitSecretLabels)
        {
            return;
        }

        var series = (@namespace, name);
        if (_instances.TryGetValue(series, out var before) && before != instance)
        {
            _conditions.Remove(@namespace, name, Synced, before);
        }

        _instances[series] = instance;
        _conditions.Set(status switch { "True" => 1, "False" => -1, _ => 0 }, @namespace, name, Synced, instance);
    }

    /// <summary>Forgets what is published of a SealedSecret that is gone.</summary>
    public void ForgetConditions(string @namespace, string name)
    {
        if (_instances.TryRemove((@namespace, name), out var instance))
        {
            _conditions.Remove(@namespace, name, Synced, instance);
        }
    }

    public void SetKeys(int usable, int malformed)
    {
        _keys.Set(usable);
        _malformedKeys.Set(malformed);
    }

    /// <summary>Publishes how many SealedSecrets each key last opened; keys not named are forgotten.</summary>
    public void SetKeyDependants(IReadOnlyDictionary<string, int> dependants)
    {
        _keyDependants.RemoveStartingWith();
        foreach (var (fingerprint, count) in dependants)
        {
            _keyDependants.Set(count, fingerprint);
        }
    }

    public void SetCertificateExpiry(string fingerprint, DateTimeOffset notAfter)
    {
        _certificateExpiry.RemoveStartingWith();
        _certificateExpiry.Set(notAfter.ToUnixTimeSeconds(), fingerprint);
    }

    public void SetLeader(bool isLeader) => _isLeader.Set(isLeader ? 1 : 0);

    /// <summary>Whether this replica writes.</summary>
    public bool IsLeader => _isLeader.Value() == 1;

    /// <summary>RSA private key operations so far.</summary>
    public long PrivateOperations => (long)(_privateOperations.Value() ?? 0);

    /// <summary>SealedSecrets skipped by digest so far.</summary>
    public long Skipped => (long)(_skipped.Value() ?? 0);

    /// <summary>Stops listening to the engine.</summary>
    public void Dispose() => _engine.Dispose();

    /// <summary>The whole exposition.</summary>
    public string Expose()
    {
        var text = new StringBuilder(4096);
        foreach (var family in Families)
        {
            family.WriteTo(text);
        }

        _httpDurations.WriteTo(text);
        _engine.WriteTo(text);
        ProcessMetrics.WriteTo(text);
        return text.ToString();
    }

    private IEnumerable<MetricFamily> Families =>
    [
        _buildInfo, _unsealRequests, _unsealErrors, _conditions, _httpRequests,
        _privateOperations, _skipped, _keys, _malformedKeys, _keyDependants, _certificateExpiry, _isLeader,
    ];

    private static string Word(UnsealErrorReason reason) => reason switch
    {
        UnsealErrorReason.Fetch => "fetch",
        UnsealErrorReason.Status => "status",
        UnsealErrorReason.Unseal => "unseal",
        UnsealErrorReason.Unmanaged => "unmanaged",
        _ => "update",
    };
}

/// <summary>Where a reconcile failed: the <c>reason</c> label of <c>unseal_errors_total</c>.</summary>
internal enum UnsealErrorReason
{
    Fetch,
    Status,
    Unseal,
    Unmanaged,
    Update,
}
