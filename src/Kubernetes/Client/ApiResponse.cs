using System.Text.Json;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Client;

/// <summary>A whole answer of the API server, whatever its status.</summary>
public sealed record ApiResponse
{
    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Body bytes.</summary>
    public required byte[] Body { get; init; }

    /// <summary>Media type of the body, or empty.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>HTTP reason phrase, or empty.</summary>
    public string ReasonPhrase { get; init; } = "";

    /// <summary>The server's <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Texts of the server's <c>Warning</c> headers.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether the status is 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The status only: the body may be a Secret.</summary>
    public override string ToString() => $"{Status} {ReasonPhrase}, {Body.Length} bytes";

    internal KubernetesObject ToObject(ApiRequest request)
    {
        try
        {
            return KubernetesObject.Parse(Body);
        }
        catch (JsonException e)
        {
            throw new ApiException($"{request.Description} failed: the answer is not a JSON object ({ContentType})", Status, "", e);
        }
    }
}
