using Microsoft.AspNetCore.Http.Features;

using SecretsOps.Controller.Hosting;
using SecretsOps.GitOps.Webhooks;

namespace SecretsOps.Controller.Http;

/// <summary><c>/api/webhook</c>: Git services say that something was pushed. The sender's own proof counts; see docs/how-to/webhooks.md.</summary>
internal sealed class WebhookEndpoint(EngineWorker? engine)
{
    private const long LargestBody = 50 * 1024 * 1024;

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Method != HttpMethods.Post)
        {
            await HttpReply.TextAsync(context, StatusCodes.Status405MethodNotAllowed, "webhooks are sent by POST\n");
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestBody; // pushes of many commits are larger than anything else that is sent here
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var reply = engine?.TryTakeWebhook(new WebhookRequest(name => context.Request.Headers[name].ToString(), body.ToArray()));
        await HttpReply.TextAsync(context, Status(reply), (reply?.Message ?? "the sync engine does not run here") + "\n");
    }

    private static int Status(WebhookReply? reply) => reply?.Verdict switch
    {
        WebhookVerdict.Accepted or WebhookVerdict.Ignored => StatusCodes.Status200OK,
        WebhookVerdict.Refused => StatusCodes.Status401Unauthorized,
        WebhookVerdict.Malformed => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status503ServiceUnavailable,
    };
}
