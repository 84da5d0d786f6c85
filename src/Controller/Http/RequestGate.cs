using System.Globalization;

using SecretsOps.Controller.Options;

namespace SecretsOps.Controller.Http;

/// <summary>Lets requests through at the configured rate: per caller and path as upstream, and per connection address beside it.</summary>
/// <remarks>Upstream counts per X-Forwarded-For, which a direct caller can invent; the second limiter is what stops that.</remarks>
internal sealed class RequestGate(HttpOptions options, CallerAuthorization authorization, TimeProvider time)
{
    private const int CallersBehindOneAddress = 32; // the API server's proxy speaks for everybody

    private readonly RequestRateLimiter? _perCaller = options.RateLimit > 0 ? new(options.RateLimit, Math.Max(0, options.RateLimitBurst), time) : null;

    private readonly RequestRateLimiter? _perAddress = options.RateLimit > 0
        ? new(options.RateLimit * CallersBehindOneAddress, (Math.Max(0, options.RateLimitBurst) + 1) * CallersBehindOneAddress, time)
        : null;

    /// <summary>Answers 429 or 401, or lets <paramref name="answer"/> do it.</summary>
    public async Task PassAsync(HttpContext context, RequestDelegate answer)
    {
        if (!await IsWithinRateAsync(context) || !await authorization.IsKnownAsync(context))
        {
            return;
        }

        await answer(context);
    }

    private async Task<bool> IsWithinRateAsync(HttpContext context)
    {
        if (_perCaller is null || _perAddress is null)
        {
            return true;
        }

        var forwardedFor = context.Request.Headers["X-Forwarded-For"].ToString().ToLowerInvariant();
        var decision = _perCaller.Decide($"{forwardedFor}\n{context.Request.Path}");
        if (!decision.IsLimited && _perAddress.Decide(context.Connection.RemoteIpAddress?.ToString() ?? "") is { IsLimited: true } flood)
        {
            decision = flood;
        }

        WriteHeaders(context.Response.Headers, decision);
        if (decision.IsLimited)
        {
            await HttpReply.TextAsync(context, StatusCodes.Status429TooManyRequests, "limit exceeded\n");
        }

        return !decision.IsLimited;
    }

    private static void WriteHeaders(IHeaderDictionary headers, RateDecision decision)
    {
        headers["X-RateLimit-Limit"] = decision.Limit.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = decision.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset"] = WholeSeconds(decision.Reset);
        if (decision.RetryAfter is { } wait)
        {
            headers.RetryAfter = WholeSeconds(wait);
        }
    }

    private static string WholeSeconds(TimeSpan time) => ((long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
