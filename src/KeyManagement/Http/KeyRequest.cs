namespace SecretsOps.KeyManagement.Http;

/// <summary>One request to a key service; made anew for each attempt, because signatures carry time and nonce.</summary>
internal sealed record KeyRequest(HttpMethod Method, Uri Uri)
{
    /// <summary>The body, or empty.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The body's type; none is sent without one.</summary>
    public string? ContentType { get; init; }

    /// <summary>Headers beside Host, Content-Type and Content-Length.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(Method, Uri);
        if (ContentType is not null || !Body.IsEmpty)
        {
            message.Content = new ReadOnlyMemoryContent(Body);
            if (ContentType is not null)
            {
                message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
            }
        }

        foreach (var (name, value) in Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }
}
