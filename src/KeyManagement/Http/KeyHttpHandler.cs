namespace SecretsOps.KeyManagement.Http;

/// <summary>Lets a vendor's SDK travel through <see cref="KeyHttp"/>, so that its calls have our time-outs, repetition, size limits and messages.</summary>
internal sealed class KeyHttpHandler(KeyHttp http) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var signed = new KeyRequest(request.Method, request.RequestUri!)
        {
            Body = request.Content is null ? default : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false),
            ContentType = request.Content?.Headers.NonValidated.TryGetValues("Content-Type", out var type) == true ? type.ToString() : null,
            Headers = [.. request.Headers.NonValidated.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()))],
        };
        var reply = await http.SendAsync(() => signed, cancellationToken).ConfigureAwait(false); // a signature is good for minutes, the attempts take seconds
        return new HttpResponseMessage((System.Net.HttpStatusCode)reply.Status)
        {
            RequestMessage = request,
            Content = new ByteArrayContent(reply.Body),
        };
    }
}
