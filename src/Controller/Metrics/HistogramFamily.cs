using System.Collections.Concurrent;
using System.Text;

namespace SecretsOps.Controller.Metrics;

/// <summary>A Prometheus histogram with client_golang's default buckets, 5 ms to 10 s.</summary>
internal sealed class HistogramFamily(string name, string help, params string[] labels)
{
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    /// <summary>Counts one observation.</summary>
    public void Observe(double value, params string[] labelValues) =>
        _series.GetOrAdd(string.Join('\0', labelValues), _ => new Series(labelValues)).Observe(value);

    /// <summary>Appends the family; nothing when it has no series.</summary>
    public void WriteTo(StringBuilder text)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        MetricFamily.WriteHeader(text, name, "histogram", help);
        foreach (var (_, series) in _series.ToArray().OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            series.WriteTo(text, name, labels);
        }
    }

    private sealed class Series(string[] values)
    {
        private readonly Lock _gate = new();
        private readonly long[] _counts = new long[Bounds.Length + 1];
        private double _sum;

        public void Observe(double value)
        {
            var bucket = Array.FindIndex(Bounds, bound => value <= bound);
            lock (_gate)
            {
                _counts[bucket < 0 ? Bounds.Length : bucket]++;
                _sum += value;
            }
        }

        public void WriteTo(StringBuilder text, string name, string[] labels)
        {
            lock (_gate)
            {
                var total = 0L;
                for (var i = 0; i < _counts.Length; i++)
                {
                    total += _counts[i];
                    var bound = MetricFamily.Number(i < Bounds.Length ? Bounds[i] : double.PositiveInfinity);
                    MetricFamily.WriteSample(text, $"{name}_bucket", [.. labels, "le"], [.. values, bound], total);
                }

                MetricFamily.WriteSample(text, $"{name}_sum", labels, values, _sum);
                MetricFamily.WriteSample(text, $"{name}_count", labels, values, total);
            }
        }
    }
}
