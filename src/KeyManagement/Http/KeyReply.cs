using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecretsOps.KeyManagement.Http;

/// <summary>A service's answer: status and body, bounded in size. The body may hold a data key, so it is never put into messages.</summary>
internal sealed record KeyReply(int Status, byte[] Body, TimeSpan? RetryAfter, Func<string, string?> Header)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The body as a JSON object.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public JsonObject Json() => JsonText.Parse(Body) as JsonObject ?? throw new JsonException("not an object");

    /// <summary>The body as a JSON object, or an empty one: error bodies come from proxies too.</summary>
    public JsonObject JsonOrEmpty()
    {
        try
        {
            return Json();
        }
        catch (JsonException)
        {
            return [];
        }
    }

    public string Text() => Encoding.UTF8.GetString(Body);

    public override string ToString() => $"HTTP {Status}, {Body.Length} bytes";
}
