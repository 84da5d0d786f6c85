using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Http;

/// <summary>The authenticated mode, with tokens and Roles of an API server that enforces both.</summary>
[Collection(BareCollection.Name)]
public sealed class CallerAuthorizationTests(BareFixture fixture) : IAsyncLifetime
{
    private readonly TestCluster _cluster = fixture.Cluster;
    private readonly HttpClient _http = new();
    private string _namespace = "";
    private RunningController _controller = null!;

    public async Task InitializeAsync()
    {
        _namespace = await _cluster.CreateNamespaceAsync();
        var options = RunningController.Options(_namespace);
        var ownNamespace = await fixture.CreateKeyNamespaceAsync("rsa2048");
        _controller = await RunningController.StartAsync(_cluster, ownNamespace, options with { Http = options.Http with { AuthenticateCallers = true } });
    }

    public async Task DisposeAsync()
    {
        await _controller.DisposeAsync();
        _http.Dispose();
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("rotate")]
    public async Task Without_a_token_that_the_API_server_knows_nobody_is_answered(string endpoint)
    {
        using var none = await PostAsync(endpoint, null);
        using var forged = await PostAsync(endpoint, "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyb290In0.c2lnbmF0dXJl");

        Assert.All([none, forged], reply => Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode));
        Assert.All([none, forged], reply => Assert.Equal("Bearer", reply.Headers.WwwAuthenticate.Single().Scheme));
        Assert.All([none, forged], reply => Assert.Equal(0, reply.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task A_known_caller_may_do_what_a_Role_allows_in_the_objects_namespace_and_nothing_else()
    {
        var token = await CallerAsync("verifier", "sealedsecrets/verify");
        var elsewhere = await _cluster.CreateNamespaceAsync();

        using var allowed = await PostAsync("verify", token);
        using var otherVerb = await PostAsync("rotate", token);
        using var otherNamespace = await PostAsync("verify", token, elsewhere);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (allowed.StatusCode, otherVerb.StatusCode, otherNamespace.StatusCode));
    }

    [Fact]
    public async Task A_caller_who_may_rotate_gets_the_object_sealed_anew()
    {
        var token = await CallerAsync("rotator", "sealedsecrets/rotate");

        using var reply = await PostAsync("rotate", token);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(_namespace, KubernetesObject.Parse(await reply.Content.ReadAsByteArrayAsync()).Namespace);
    }

    [Fact]
    public async Task The_certificate_is_for_everybody()
    {
        using var reply = await _http.GetAsync(new Uri(_controller.Host.Http.Api, "/v1/cert.pem"));

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    // Makes a ServiceAccount with one right in the test's namespace and returns its token.
    private async Task<string> CallerAsync(string name, string resource)
    {
        await _cluster.CreateAsync(ApiResource.ServiceAccounts, new KubernetesObject(ApiResource.ServiceAccounts.Gvk, _namespace, name));
        await CreateAsync($"/apis/rbac.authorization.k8s.io/v1/namespaces/{_namespace}/roles", $$$"""
            {"metadata":{"name":"{{{name}}}"},"rules":[{"apiGroups":["bitnami.com"],"resources":["{{{resource}}}"],"verbs":["create"]}]}
            """);
        await CreateAsync($"/apis/rbac.authorization.k8s.io/v1/namespaces/{_namespace}/rolebindings", $$$"""
            {"metadata":{"name":"{{{name}}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"{{{name}}}"},
             "subjects":[{"kind":"ServiceAccount","name":"{{{name}}}","namespace":"{{{_namespace}}}"}]}
            """);
        var reply = await CreateAsync($"/api/v1/namespaces/{_namespace}/serviceaccounts/{name}/token", """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}""");
        return reply["status"]!["token"]!.ToString();
    }

    private async Task<JsonNode> CreateAsync(string path, string body)
    {
        var request = new ApiRequest { Method = HttpMethod.Post, Path = path, Description = path, Body = Encoding.UTF8.GetBytes(body) };
        var reply = await _cluster.Client.SendAsync(request, CancellationToken.None);
        Assert.True(reply.IsSuccess, Encoding.UTF8.GetString(reply.Body));
        return JsonNode.Parse(reply.Body)!;
    }

    private async Task<HttpResponseMessage> PostAsync(string endpoint, string? token, string @namespace = "")
    {
        var body = VectorKeys.Seal("rsa2048", @namespace.Length > 0 ? @namespace : _namespace, "db", """{"a":"1"}""").ToUtf8Json();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_controller.Host.Http.Api, $"/v1/{endpoint}")) { Content = new ByteArrayContent(body) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await _http.SendAsync(request);
    }
}
