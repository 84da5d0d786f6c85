using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.Testing.KeyServices;

/// <summary>An answer of a fake service.</summary>
public sealed record LoopbackReply(int Status, byte[] Body)
{
    public LoopbackReply(int status, string body)
        : this(status, Encoding.UTF8.GetBytes(body))
    {
    }

    public LoopbackReply(int status, JsonObject body)
        : this(status, body.ToJsonString())
    {
    }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the connection ends before the length that was promised.</summary>
    public bool IsCutOff { get; init; }

    public static LoopbackReply Ok(JsonObject body) => new(200, body);

    public async Task WriteAsync(HttpListenerResponse response)
    {
        response.StatusCode = Status;
        foreach (var (name, value) in Headers)
        {
            response.Headers[name] = value;
        }

        if (IsCutOff)
        {
            response.ContentLength64 = Body.Length + 100;
            await response.OutputStream.WriteAsync(Body);
            await response.OutputStream.FlushAsync();
            response.Abort();
            return;
        }

        await response.OutputStream.WriteAsync(Body);
        response.Close();
    }
}
