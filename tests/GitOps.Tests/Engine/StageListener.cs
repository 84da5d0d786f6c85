using System.Collections.Concurrent;
using System.Diagnostics;
using SecretsOps.GitOps.Telemetry;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>Hears which stages of the pipeline ran, and for which Application.</summary>
internal sealed class StageListener : IDisposable
{
    private readonly ConcurrentQueue<(string Stage, string Application)> _spans = new();
    private readonly ActivityListener _listener;

    public StageListener()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EngineTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => _spans.Enqueue((activity.OperationName, (activity.Parent ?? activity).GetTagItem("application")?.ToString() ?? "")),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The stages that ran for an Application, in their order.</summary>
    public IEnumerable<string> Of(string application) => _spans.Where(span => span.Application.EndsWith(application, StringComparison.Ordinal)).Select(span => span.Stage);

    public void Clear() => _spans.Clear();

    public void Dispose() => _listener.Dispose();
}
