using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace SecretsOps.Controller.Metrics;

/// <summary>Listens to a meter and exposes what it measures for Prometheus, under the instruments' own names.</summary>
internal sealed class MeterExposition : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Family> _families = new(StringComparer.Ordinal);

    /// <summary>Listens from now on.</summary>
    public MeterExposition(string meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Appends everything; observable instruments are asked now, and forget what is no longer so.</summary>
    public void WriteTo(StringBuilder text)
    {
        foreach (var family in _families.Values.Where(family => family.IsObservable))
        {
            family.Plain!.RemoveStartingWith();
        }

        _listener.RecordObservableInstruments();
        foreach (var (_, family) in _families.ToArray().OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            family.Plain?.WriteTo(text);
            family.Histogram?.WriteTo(text);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var (labels, values) = (new string[tags.Length], new string[tags.Length]);
        for (var i = 0; i < tags.Length; i++)
        {
            (labels[i], values[i]) = (tags[i].Key, tags[i].Value?.ToString() ?? "");
        }

        var family = _families.GetOrAdd(instrument.Name, _ => Family.For(instrument, labels));
        family.Histogram?.Observe(value, values);
        if (family.IsObservable)
        {
            family.Plain!.Set(value, values);
        }
        else
        {
            family.Plain?.Add(value, values);
        }
    }

    private sealed record Family(MetricFamily? Plain, HistogramFamily? Histogram, bool IsObservable)
    {
        public static Family For(Instrument instrument, string[] labels)
        {
            var help = instrument.Description ?? "";
            return instrument is Histogram<double> or Histogram<long>
                ? new Family(null, new HistogramFamily(instrument.Name, help, labels), false)
                : new Family(new MetricFamily(instrument.Name, instrument.IsObservable ? "gauge" : "counter", help, labels), null, instrument.IsObservable);
        }
    }
}
