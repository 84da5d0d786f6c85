using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace SecretsOps.Controller.Metrics;

/// <summary>One metric of the Prometheus text exposition format: name, help, type, and a number per set of label values.</summary>
internal sealed class MetricFamily(string name, string type, string help, params string[] labels)
{
    private readonly ConcurrentDictionary<LabelValues, double> _values = new();

    /// <summary>Adds to a series, which begins at zero.</summary>
    public void Add(double amount, params string[] labelValues) =>
        _values.AddOrUpdate(Key(labelValues), amount, (_, value) => value + amount);

    /// <summary>Sets a series.</summary>
    public void Set(double value, params string[] labelValues) => _values[Key(labelValues)] = value;

    /// <summary>Forgets one series.</summary>
    public void Remove(params string[] labelValues) => _values.TryRemove(Key(labelValues), out _);

    /// <summary>Forgets every series whose first label values are these.</summary>
    public void RemoveStartingWith(params string[] labelValues)
    {
        foreach (var key in _values.Keys.Where(key => key.StartsWith(labelValues)))
        {
            _values.TryRemove(key, out _);
        }
    }

    /// <summary>The value of a series, or null when there is none.</summary>
    public double? Value(params string[] labelValues) => _values.TryGetValue(Key(labelValues), out var value) ? value : null;

    /// <summary>Appends the family; nothing when it has no series.</summary>
    public void WriteTo(StringBuilder text)
    {
        if (_values.IsEmpty)
        {
            return;
        }

        WriteHeader(text, name, type, help);
        foreach (var (key, value) in _values.ToArray().OrderBy(entry => entry.Key)) // ToArray is the dictionary's own: sorting it while it grows fails
        {
            WriteSample(text, name, labels, key.Values, value);
        }
    }

    /// <summary>Appends the <c># HELP</c> and <c># TYPE</c> lines.</summary>
    public static void WriteHeader(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    /// <summary>Appends one sample line.</summary>
    public static void WriteSample(StringBuilder text, string name, ReadOnlySpan<string> labels, ReadOnlySpan<string> values, double value)
    {
        text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(labels[i]).Append("=\"").Append(Escaped(values[i])).Append('"');
        }

        text.Append(labels.Length > 0 ? "} " : " ").Append(Number(value)).Append('\n');
    }

    /// <summary>A number as Prometheus reads it.</summary>
    public static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private LabelValues Key(string[] values) =>
        values.Length == labels.Length
            ? new(values)
            : throw new ArgumentException($"metric {name} has {labels.Length} labels, {values.Length} values were given");

    private readonly struct LabelValues(string[] values) : IEquatable<LabelValues>, IComparable<LabelValues>
    {
        public string[] Values => values;

        public bool StartsWith(string[] first) => values.AsSpan(0, first.Length).SequenceEqual(first);

        public bool Equals(LabelValues other) => values.AsSpan().SequenceEqual(other.Values);

        public override bool Equals(object? obj) => obj is LabelValues other && Equals(other);

        public override int GetHashCode() => values.Aggregate(17, (hash, value) => HashCode.Combine(hash, value));

        public int CompareTo(LabelValues other) => values.AsSpan().SequenceCompareTo(other.Values);
    }
}
