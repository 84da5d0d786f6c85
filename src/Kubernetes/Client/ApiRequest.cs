using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Client;

/// <summary>One HTTP request to the API server.</summary>
public sealed record ApiRequest
{
    /// <summary>HTTP method.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>Path from the server's root, with the query: <c>/api/v1/namespaces?limit=5</c>.</summary>
    public required string Path { get; init; }

    /// <summary>What the request does, for messages: <c>Secret/shop/db: get</c>.</summary>
    public required string Description { get; init; }

    /// <summary>Body, or empty.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Media type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Media types accepted.</summary>
    public string Accept { get; init; } = "application/json";

    /// <summary>A request about one object.</summary>
    internal static ApiRequest For(HttpMethod method, string path, ObjectKey key, string verb) =>
        new() { Method = method, Path = path, Description = $"{key}: {verb}" };
}
