using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace SecretsOps.LocalCluster.Http;

/// <summary>Answers what is about the server itself: version, health, token keys.</summary>
internal sealed class ServerEndpoints(TimeProvider time)
{
    private readonly string _started = Resources.ObjectTimestamp.Now(time);

    /// <summary>Whether the path was one of these.</summary>
    internal async Task<bool> TryAnswerAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/version" or "/version/":
                await JsonResponse.WriteAsync(context, 200, Version());
                return true;
            case "/healthz" or "/livez" or "/readyz" or "/healthz/" or "/livez/" or "/readyz/" or "/healthz/ping" or "/livez/ping" or "/readyz/ping":
                await JsonResponse.WriteAsync(context, 200, "ok"u8.ToArray(), "text/plain; charset=utf-8");
                return true;
            case "/":
                await JsonResponse.WriteAsync(context, 200, new JsonObject
                {
                    ["paths"] = new JsonArray("/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"),
                });
                return true;
            default:
                return false;
        }
    }

    private JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "34",
        ["emulationMajor"] = "1",
        ["emulationMinor"] = "34",
        ["minCompatibilityMajor"] = "1",
        ["minCompatibilityMinor"] = "33",
        ["gitVersion"] = "v1.34.0+secretsops",
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = _started,
        ["goVersion"] = "",
        ["compiler"] = "dotnet",
        ["platform"] = "linux/amd64",
    };
}
