using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;

namespace SecretsOps.Testing.KeyServices;

/// <summary>A request as it came over the wire.</summary>
public sealed record LoopbackRequest(string Method, string RawUrl, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Path => RawUrl.Split('?')[0];

    public string RawQuery => RawUrl.Contains('?', StringComparison.Ordinal) ? RawUrl[(RawUrl.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";

    public JsonNode Json => JsonNode.Parse(Body)!;

    public IReadOnlyDictionary<string, string> Query => Decode(RawQuery);

    public IReadOnlyDictionary<string, string> Form => Decode(Encoding.UTF8.GetString(Body));

    public string Header(string name) => Headers.GetValueOrDefault(name.ToLowerInvariant()) ?? "";

    public static async Task<LoopbackRequest> ReadAsync(HttpListenerRequest request)
    {
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body);
        var headers = request.Headers.AllKeys.ToDictionary(name => name!.ToLowerInvariant(), name => request.Headers[name]!);
        return new(request.HttpMethod, request.RawUrl!, headers, body.ToArray());
    }

    private static Dictionary<string, string> Decode(string encoded)
    {
        var parsed = HttpUtility.ParseQueryString(encoded);
        return parsed.AllKeys.Where(name => name is not null).ToDictionary(name => name!, name => parsed[name]!);
    }
}
