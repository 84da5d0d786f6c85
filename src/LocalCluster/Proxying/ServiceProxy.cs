using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SecretsOps.LocalCluster.Http;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Proxying;

/// <summary>Forwards <c>…/services/NAME/proxy/…</c> to the process behind the Service: a registered address, or a loopback address in its endpoints.</summary>
internal sealed class ServiceProxy(ObjectStore store, ServiceRegistrations registrations) : IDisposable
{
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host",
        "Authorization", "Impersonate-User", "Impersonate-Group", "Impersonate-Uid", "Content-Length",
    };

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });

    public void Dispose() => _http.Dispose();

    internal async Task ForwardAsync(ResourceRequest request)
    {
        var address = ServiceAddress.Parse(request.Info.Name);
        var target = FindTarget(request, address);
        var incoming = request.Context.Request;
        using var message = new HttpRequestMessage(new HttpMethod(incoming.Method), new Uri(target, (request.Info.Rest.Length == 0 ? "/" : request.Info.Rest) + incoming.QueryString));
        if (!HttpMethods.IsGet(incoming.Method) && !HttpMethods.IsHead(incoming.Method))
        {
            message.Content = new StreamContent(incoming.Body);
        }

        foreach (var (name, values) in incoming.Headers)
        {
            if (!HopByHop.Contains(name) && !name.StartsWith(':') && !message.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        await SendAsync(request, message);
    }

    private async Task SendAsync(ResourceRequest request, HttpRequestMessage message)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(message, request.Aborted);
        }
        catch (HttpRequestException exception)
        {
            throw ApiErrors.ServiceUnavailable($"error trying to reach service: {(exception.InnerException as SocketException)?.SocketErrorCode.ToString() ?? exception.HttpRequestError.ToString()}");
        }

        using (response)
        {
            var outgoing = request.Context.Response;
            outgoing.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            {
                if (!HopByHop.Contains(name))
                {
                    outgoing.Headers[name] = values.ToArray();
                }
            }

            await response.Content.CopyToAsync(outgoing.Body, request.Aborted);
        }
    }

    private Uri FindTarget(ResourceRequest request, ServiceAddress address)
    {
        var key = new StorageKey(request.Kind.StorageResource, request.Info.Namespace, address.Name);
        var service = store.State.Find(key) ?? throw ApiErrors.NotFound(request.Kind, address.Name);
        if (registrations.Find(request.Info.Namespace, address.Name) is { } registered)
        {
            return registered;
        }

        var port = PortOf(JsonAccess.Parse(service), address.Port)
            ?? throw ApiErrors.ServiceUnavailable($"no service port \"{address.Port}\" found for service \"{address.Name}\"");
        return EndpointsOf(request.Info.Namespace, address.Name)
            .Select(endpoint => LoopbackUri(address.Scheme, endpoint, port))
            .FirstOrDefault(uri => uri is not null)
            ?? throw ApiErrors.ServiceUnavailable($"no endpoints available for service \"{address.Name}\"");
    }

    /// <summary>The port of the Service that a path names by number, by name, or not at all when there is one only.</summary>
    private static JsonNode? PortOf(JsonObject service, string wanted)
    {
        var ports = service.Items("spec", "ports");
        return wanted.Length == 0
            ? ports.Count == 1 ? ports[0] : ports.FirstOrDefault(port => port.Text("name").Length == 0)
            : ports.FirstOrDefault(port => port.Text("name") == wanted || port.Number("port").ToString(System.Globalization.CultureInfo.InvariantCulture) == wanted);
    }

    private IEnumerable<(string Ip, JsonNode? Port)> EndpointsOf(string @namespace, string service)
    {
        var state = store.State;
        if (state.Find(new("/endpoints", @namespace, service)) is { } endpoints)
        {
            foreach (var subset in JsonAccess.Parse(endpoints).Items("subsets"))
            {
                foreach (var pair in subset.Items("addresses").SelectMany(address => subset.Items("ports").Select(port => (address.Text("ip"), port))))
                {
                    yield return pair;
                }
            }
        }

        foreach (var slice in state.Of("discovery.k8s.io/endpointslices").Values.Where(slice => slice.Key.Namespace == @namespace).Select(JsonAccess.Parse))
        {
            if (slice.Text("metadata", "labels", "kubernetes.io/service-name") == service)
            {
                foreach (var pair in slice.Items("endpoints").SelectMany(endpoint => endpoint.Items("addresses").SelectMany(address => slice.Items("ports").Select(port => (address.Text(), port)))))
                {
                    yield return pair;
                }
            }
        }
    }

    /// <summary>Only loopback: an object in the cluster must not make this process reach into the user's network.</summary>
    private static Uri? LoopbackUri(string scheme, (string Ip, JsonNode? Port) endpoint, JsonNode servicePort)
    {
        if (!IPAddress.TryParse(endpoint.Ip, out var address) || !IPAddress.IsLoopback(address) || endpoint.Port.Text("name") != servicePort.Text("name"))
        {
            return null;
        }

        return new UriBuilder(scheme, endpoint.Ip, (int)endpoint.Port.Number("port")).Uri;
    }
}
