namespace SecretsOps.Controller.Http;

/// <summary>Answers probes: alive always, ready when the controller can see what it serves.</summary>
internal sealed class HealthEndpoints(Func<string?> whyNotReady)
{
    /// <summary><c>/healthz</c></summary>
    public static Task LiveAsync(HttpContext context) => HttpReply.TextAsync(context, StatusCodes.Status200OK, "ok\n");

    /// <summary><c>/readyz</c>: 503 with the reason until caches are filled, and again when they cannot be kept (defect D19 is not copied).</summary>
    public Task ReadyAsync(HttpContext context) => whyNotReady() is { } reason
        ? HttpReply.TextAsync(context, StatusCodes.Status503ServiceUnavailable, $"not ready\n{reason}\n")
        : HttpReply.TextAsync(context, StatusCodes.Status200OK, "ok\n");
}
