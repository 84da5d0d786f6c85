using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace SecretsOps.Kubernetes.Tests.Fakes;

/// <summary>One Lease with optimistic concurrency, as the API server keeps it.</summary>
internal sealed class FakeLeases
{
    private readonly SemaphoreSlim _gate = new(1);
    private int _version;

    public JsonObject? Lease { get; set; }

    public bool IsDown { get; set; }

    public string Holder => Lease?["spec"]?["holderIdentity"]?.ToString() ?? "";

    public async Task AnswerAsync(HttpContext context)
    {
        await _gate.WaitAsync();
        try
        {
            await AnswerOneAsync(context);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task AnswerOneAsync(HttpContext context)
    {
        if (IsDown)
        {
            await FakeConfigMaps.WriteStatusAsync(context, 500, "down");
            return;
        }

        if (context.Request.Method == "GET" && Lease is null)
        {
            await FakeConfigMaps.WriteStatusAsync(context, 404, "not found", "NotFound");
            return;
        }

        if (context.Request.Method is "POST" or "PUT")
        {
            var written = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body))!;
            var isStale = context.Request.Method == "POST" ? Lease is not null : Version(written) != Version(Lease!);
            if (isStale)
            {
                await FakeConfigMaps.WriteStatusAsync(context, 409, "stale", context.Request.Method == "POST" ? "AlreadyExists" : "Conflict");
                return;
            }

            written["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
            Lease = written;
        }

        await context.Response.WriteAsync(Lease!.ToJsonString());
    }

    private static string? Version(JsonObject lease) => lease["metadata"]!["resourceVersion"]?.ToString();
}
