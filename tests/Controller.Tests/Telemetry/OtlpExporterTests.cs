using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

using Microsoft.Extensions.Logging.Abstractions;

using SecretsOps.Controller.Hosting;
using SecretsOps.Controller.Telemetry;

namespace SecretsOps.Controller.Tests.Telemetry;

public sealed class OtlpExporterTests
{
    [Fact]
    public async Task A_finished_span_arrives_as_OTLP_in_JSON_with_its_parent_and_its_failure()
    {
        var name = $"test-{Guid.NewGuid():n}";
        using var source = new ActivitySource(name);
        using var receiver = new HttpListener();
        var address = $"http://127.0.0.1:{FreePort()}/";
        receiver.Prefixes.Add(address);
        receiver.Start();
        var settings = OtlpSettings.From(Variables(("OTEL_EXPORTER_OTLP_ENDPOINT", address), ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=a%20b"), ("OTEL_SERVICE_NAME", "hub")))!;
        using var exporter = new OtlpExporter(name, settings, TimeProvider.System, NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var running = exporter.RunAsync(stop.Token);

        using (source.StartActivity("sync")?.SetTag("application", "argocd/web"))
        using (var stage = source.StartActivity("render"))
        {
            stage?.SetStatus(ActivityStatusCode.Error, "RenderException");
        }

        var context = await receiver.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var body = await JsonNode.ParseAsync(context.Request.InputStream);
        context.Response.StatusCode = 200;
        context.Response.Close();
        await stop.CancelAsync();
        await running;

        Assert.Equal(("/v1/traces", "a b"), (context.Request.Url!.AbsolutePath, context.Request.Headers["x-key"]));
        var resource = body!["resourceSpans"]![0]!;
        Assert.Equal("hub", (string?)resource["resource"]!["attributes"]![0]!["value"]!["stringValue"]);
        var spans = resource["scopeSpans"]![0]!["spans"]!.AsArray().ToDictionary(span => (string)span!["name"]!, span => span!);
        Assert.Equal((string?)spans["sync"]["spanId"], (string?)spans["render"]["parentSpanId"]);
        Assert.Equal("argocd/web", (string?)spans["sync"]["attributes"]![0]!["value"]!["stringValue"]);
        Assert.Equal(2, (int?)spans["render"]["status"]!["code"]);
        Assert.True(long.Parse((string)spans["sync"]["endTimeUnixNano"]!) >= long.Parse((string)spans["sync"]["startTimeUnixNano"]!));
    }

    [Fact]
    public void Without_an_endpoint_nothing_is_sent_and_a_wrong_one_is_named()
    {
        Assert.Null(OtlpSettings.From(Variables()));
        Assert.Equal("http://c:4318/x", OtlpSettings.From(Variables(("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c:4318/x")))!.Endpoint.ToString());

        var refused = Assert.Throws<StartException>(() => OtlpSettings.From(Variables(("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"))));

        Assert.Contains("collector:4317", refused.Message, StringComparison.Ordinal);
    }

    private static Func<string, string?> Variables(params (string Name, string Value)[] variables) =>
        name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
