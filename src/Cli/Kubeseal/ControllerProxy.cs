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
    private string _service = "";

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
        return response.IsSuccess ? response.Body : throw new KubesealException($"cannot fetch certificate: {ServerRefusal.Describe(response, HttpMethod.Get, _service)}");
    }

    /// <summary>Posts one document to <c>verify</c> or <c>rotate</c> and returns the answer, refusals included.</summary>
    internal Task<ApiResponse> PostAsync(string endpoint, byte[] document, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Post, endpoint, document, cancellationToken);

    /// <summary>What client-go says of a refusal of <see cref="PostAsync"/>.</summary>
    internal string Describe(ApiResponse response) => ServerRefusal.Describe(response, HttpMethod.Post, _service);

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
            _service = $"http:{name}:{port}";
            return $"/api/v1/namespaces/{@namespace}/services/{_service}/proxy/v1/";
        }
        catch (ApiException failure)
        {
            var reason = failure.ServerMessage.Length > 0 ? failure.ServerMessage : failure.Message;
            throw new KubesealException(
                $"cannot get sealed secret service: {reason}.\nPlease, use the flag --controller-name and --controller-namespace to set up the name and namespace of the sealed secrets controller", failure);
        }
    }
}
