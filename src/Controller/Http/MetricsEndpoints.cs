using System.Text;
using System.Text.Json.Nodes;

using SecretsOps.Controller.Metrics;

namespace SecretsOps.Controller.Http;

/// <summary>The paths of the metrics listener: <c>/metrics</c> for Prometheus, <c>/keys</c> for whoever wants to retire a key.</summary>
internal sealed class MetricsEndpoints(ControllerMetrics metrics, Func<JsonArray> keyReport)
{
    private const string PrometheusText = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Answers one request.</summary>
    public Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/metrics" => HttpReply.BytesAsync(context, StatusCodes.Status200OK, PrometheusText, Encoding.UTF8.GetBytes(metrics.Expose())),
        "/keys" => HttpReply.BytesAsync(context, StatusCodes.Status200OK, "application/json", Encoding.UTF8.GetBytes(keyReport().ToJsonString())),
        "/healthz" => HealthEndpoints.LiveAsync(context),
        _ => HttpReply.TextAsync(context, StatusCodes.Status404NotFound, "404 page not found\n"),
    };
}
