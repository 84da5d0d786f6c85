using SecretsOps.Controller.Metrics;

namespace SecretsOps.Controller.Http;

/// <summary>The paths of the API listener; any method is accepted, as upstream does.</summary>
internal sealed class ApiEndpoints(
    HealthEndpoints health,
    CertificateEndpoint certificate,
    VerifyEndpoint verify,
    RotateEndpoint rotate,
    WebhookEndpoint webhook,
    RequestGate gate,
    ControllerMetrics metrics,
    TimeProvider time)
{
    /// <summary>Answers one request.</summary>
    public Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/healthz" => HealthEndpoints.LiveAsync(context),
        "/readyz" => health.ReadyAsync(context),
        "/v1/cert.pem" => CountedAsync(context, certificate.AnswerAsync),
        "/v1/verify" => CountedAsync(context, inner => gate.PassAsync(inner, verify.AnswerAsync)),
        "/v1/rotate" => CountedAsync(context, inner => gate.PassAsync(inner, rotate.AnswerAsync)),
        "/api/webhook" => CountedAsync(context, webhook.AnswerAsync),
        _ => HttpReply.TextAsync(context, StatusCodes.Status404NotFound, "404 page not found\n"),
    };

    private async Task CountedAsync(HttpContext context, RequestDelegate answer)
    {
        var begin = time.GetTimestamp();
        try
        {
            await answer(context);
        }
        finally
        {
            metrics.CountHttpRequest(context.Request.Path.Value!, context.Response.StatusCode, context.Request.Method, time.GetElapsedTime(begin));
        }
    }
}
