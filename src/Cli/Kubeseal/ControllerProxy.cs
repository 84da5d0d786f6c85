using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Cli.Kubeseal;

/// <summary>Speaks to the controller through the API server's service proxy, with the user's own credentials (reference section 3.3).</summary>
internal sealed class ControllerProxy : IDisposable
{
    private readonly ControllerAddress _address;
    private readonly Action<string> _trace;
    private readonly ApiClient _client;
    private string? _path;

    /// <summary>Speaks to the controller at an address; <paramref name="trace"/> is told of every request.</summary>
    internal ControllerProxy(ControllerAddress address, Action<string> trace)
    {
        _address = address;
        _trace = trace;
        _client = new ApiClient(Kubeconfig.Load(address.Connection));
    }

    public void Dispose() => _client.Dispose();

    internal async Task<byte[]> FetchCertificateAsync(CancellationToken cancellationToken)
    {
        var response = await CallAsync(HttpMethod.Get, "cert.pem", default, cancellationToken).ConfigureAwait(false);
        return response.IsSuccess ? response.Body : throw new KubesealException($"cannot fetch certificate: {Describe(response)}");
    }

    /// <summary>Posts one document to <c>verify</c> or <c>rotate</c> and returns the answer, refusals included.</summary>
    internal Task<ApiResponse> PostAsync(string endpoint, byte[] document, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Post, endpoint, document, cancellationToken);

    /// <summary>The server's words for a refusal, or the status where it has none.</summary>
    internal static string Describe(ApiResponse response)
    {
        var status = TryParse(response.Body);
        return status?["message"]?.ToString() is { Length: > 0 } message
            ? message
            : string.Create(CultureInfo.InvariantCulture, $"the server answered {response.Status} {response.ReasonPhrase}");
    }

    private async Task<ApiResponse> CallAsync(HttpMethod method, string endpoint, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        _path ??= await FindServiceAsync(cancellationToken).ConfigureAwait(false);
        var request = new ApiRequest
        {
            Method = method,
            Path = _path + endpoint,
            Description = $"Service/{_address.Namespace}/{_address.Name}: {endpoint}",
            Body = body,
            Accept = method == HttpMethod.Get ? "application/x-pem-file, */*" : "application/json, */*",
        };
        var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        _trace($"{method} {request.Path} {response.Status} {response.ReasonPhrase}\n");
        return response;
    }

    private async Task<string> FindServiceAsync(CancellationToken cancellationToken)
    {
        var (@namespace, name) = (_address.Namespace, _address.Name);
        try
        {
            var service = await _client.GetAsync(ApiResource.Services, @namespace, name, cancellationToken).ConfigureAwait(false);
            var port = (service.Find("spec", "ports") is JsonArray { Count: > 0 } ports ? (ports[0] as JsonObject)?["name"]?.ToString() : null) ?? "";
            return $"/api/v1/namespaces/{@namespace}/services/http:{name}:{port}/proxy/v1/";
        }
        catch (ApiException failure)
        {
            var reason = failure.ServerMessage.Length > 0 ? failure.ServerMessage : failure.Message;
            throw new KubesealException(
                $"cannot get sealed secret service: {reason}.\nPlease, use the flag --controller-name and --controller-namespace to set up the name and namespace of the sealed secrets controller", failure);
        }
    }

    private static JsonNode? TryParse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
