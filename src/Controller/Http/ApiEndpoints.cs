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
    TimeProvider time,
    TimeSpan timeLimit)
{
    /// <summary>Answers one request; what takes longer than the limit (<c>--write-timeout</c>; zero: none) is cut off, as Go's server does.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (timeLimit <= TimeSpan.Zero)
        {
            await RouteAsync(context);
            return;
        }

        var caller = context.RequestAborted;
        using var clock = new CancellationTokenSource(timeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, clock.Token);
        context.RequestAborted = either.Token;
        try
        {
            await RouteAsync(context);
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !caller.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            context.RequestAborted = caller;
        }
    }

    private Task RouteAsync(HttpContext context) => context.Request.Path.Value switch
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
