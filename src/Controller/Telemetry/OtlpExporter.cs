using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace SecretsOps.Controller.Telemetry;

/// <summary>Sends finished spans as OTLP/HTTP JSON (opentelemetry.io, protocol 1.x). Small on purpose: no library without trouble under Native AOT does it.</summary>
/// <remarks>A receiver that does not keep up loses spans, the engine waits for nobody.</remarks>
internal sealed partial class OtlpExporter : IDisposable
{
    private const int MostWaiting = 4096;
    private const int MostAtOnce = 512;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Channel<JsonObject> _finished = Channel.CreateBounded<JsonObject>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly OtlpSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ActivityListener _listener;

    /// <summary>Listens to a source from now on.</summary>
    public OtlpExporter(string source, OtlpSettings settings, TimeProvider clock, ILogger logger)
    {
        (_settings, _clock, _logger) = (settings, clock, logger);
        _listener = new ActivityListener
        {
            ShouldListenTo = candidate => candidate.Name == source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => _finished.Writer.TryWrite(Describe(activity)),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Sends until cancelled, and then what is left.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await SendAllAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(Interval, _clock);
            await SendAllAsync(limit.Token);
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _http.Dispose();
    }

    private async Task SendAllAsync(CancellationToken cancellationToken)
    {
        while (Take() is { Count: > 0 } spans)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, _settings.Endpoint);
                request.Content = new StringContent(Envelope(spans).ToJsonString(), Encoding.UTF8, "application/json");
                foreach (var (name, value) in _settings.Headers)
                {
                    request.Headers.TryAddWithoutValidation(name, value);
                }

                using var response = await _http.SendAsync(request, cancellationToken);
                if (!response.IsSuccessStatusCode)
                {
                    Log.Refused(_logger, _settings.ToString(), (int)response.StatusCode);
                }
            }
            catch (Exception error) when (error is HttpRequestException or SocketException or OperationCanceledException)
            {
                Log.Lost(_logger, _settings.ToString(), error.Message);
                return;
            }
        }
    }

    private JsonArray Take()
    {
        var spans = new JsonArray();
        while (spans.Count < MostAtOnce && _finished.Reader.TryRead(out var span))
        {
            spans.Add((JsonNode)span);
        }

        return spans;
    }

    private JsonObject Envelope(JsonArray spans)
    {
        var scope = new JsonObject { ["scope"] = new JsonObject { ["name"] = GitOps.Telemetry.EngineTelemetry.Name }, ["spans"] = spans };
        var resource = new JsonObject { ["attributes"] = new JsonArray((JsonNode)Attribute("service.name", _settings.Service)) };
        return new JsonObject { ["resourceSpans"] = new JsonArray((JsonNode)new JsonObject { ["resource"] = resource, ["scopeSpans"] = new JsonArray((JsonNode)scope) }) };
    }

    private static JsonObject Describe(Activity activity)
    {
        var span = new JsonObject
        {
            ["traceId"] = activity.TraceId.ToHexString(),
            ["spanId"] = activity.SpanId.ToHexString(),
            ["name"] = activity.OperationName,
            ["kind"] = 1, // internal
            ["startTimeUnixNano"] = Nanoseconds(activity.StartTimeUtc),
            ["endTimeUnixNano"] = Nanoseconds(activity.StartTimeUtc + activity.Duration),
            ["attributes"] = new JsonArray([.. activity.TagObjects.Select(tag => (JsonNode)Attribute(tag.Key, tag.Value?.ToString() ?? ""))]),
        };
        if (activity.ParentSpanId != default)
        {
            span["parentSpanId"] = activity.ParentSpanId.ToHexString();
        }

        if (activity.Status == ActivityStatusCode.Error)
        {
            span["status"] = new JsonObject { ["code"] = 2, ["message"] = activity.StatusDescription ?? "" };
        }

        return span;
    }

    private static JsonObject Attribute(string key, string value) => new() { ["key"] = key, ["value"] = new JsonObject { ["stringValue"] = value } };

    // A 64-bit number is text in this JSON.
    private static string Nanoseconds(DateTime time) => ((time - DateTime.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);

    private static partial class Log
    {
        [LoggerMessage(500, LogLevel.Warning, "the receiver of traces refuses spans")]
        public static partial void Refused(ILogger logger, string endpoint, int status);

        [LoggerMessage(501, LogLevel.Warning, "spans are lost: the receiver of traces does not answer")]
        public static partial void Lost(ILogger logger, string endpoint, string error);
    }
}
