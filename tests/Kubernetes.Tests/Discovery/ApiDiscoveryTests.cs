using Microsoft.AspNetCore.Http;
using SecretsOps.Kubernetes.Discovery;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Tests.Fakes;

namespace SecretsOps.Kubernetes.Tests.Discovery;

public sealed class ApiDiscoveryTests
{
    private readonly Dictionary<string, string> _documents = new()
    {
        ["/api"] = """{"kind":"APIVersions","versions":["v1"]}""",
        ["/api/v1"] = """{"resources":[{"name":"secrets","kind":"Secret","namespaced":true,"verbs":["get","list"],"singularName":"secret"},{"name":"pods/log","kind":"Pod"}]}""",
        ["/apis"] = """
            {"kind":"APIGroupList","groups":[
              {"name":"apps","preferredVersion":{"version":"v1"},"versions":[{"version":"v1beta1"},{"version":"v1"}]},
              {"name":"broken.io","versions":[{"version":"v1"}]}]}
            """,
        ["/apis/apps/v1"] = """{"resources":[{"name":"deployments","kind":"Deployment","namespaced":true,"shortNames":["deploy"]}]}""",
        ["/apis/apps/v1beta1"] = """{"resources":[]}""",
        ["/version"] = """{"gitVersion":"v1.36.0"}""",
    };

    private readonly List<string> _requests = [];

    [Fact]
    public async Task A_kind_is_asked_for_once_and_then_known()
    {
        await using var server = await ScriptedServer.StartAsync(AnswerAsync);
        using var client = server.Client();
        var discovery = new ApiDiscovery(client);

        var first = await discovery.ResolveAsync(new("apps", "v1", "Deployment"), default);
        var second = await discovery.ResolveAsync(new("apps", "v1", "Deployment"), default);

        Assert.Equal("deployments", first!.Plural);
        Assert.Equal(first, second);
        Assert.Equal(["/apis/apps/v1"], _requests);
    }

    [Fact]
    public async Task A_kind_that_appears_later_is_found()
    {
        await using var server = await ScriptedServer.StartAsync(AnswerAsync);
        using var client = server.Client();
        var discovery = new ApiDiscovery(client);
        var gvk = new GroupVersionKind("new.io", "v1", "Thing");

        Assert.Null(await discovery.ResolveAsync(gvk, default));
        _documents["/apis/new.io/v1"] = """{"resources":[{"name":"things","kind":"Thing","namespaced":false}]}""";
        Assert.Equal("things.new.io", (await discovery.ResolveAsync(gvk, default))!.QualifiedPlural);
        _documents["/apis/new.io/v1"] = """{"resources":[]}""";
        discovery.Forget("new.io");

        Assert.Null(await discovery.ResolveAsync(gvk, default));
    }

    [Fact]
    public async Task A_broken_group_hurts_only_itself()
    {
        await using var server = await ScriptedServer.StartAsync(AnswerAsync);
        using var client = server.Client();

        var all = await new ApiDiscovery(client).AllAsync(default);

        Assert.Equal(["Secret", "Deployment"], all.Resources.Select(found => found.Resource.Kind));
        Assert.Equal("broken.io/v1", Assert.Single(all.Failures).Key);
        Assert.Equal(["deploy"], all.Resources[1].ShortNames);
    }

    [Fact]
    public async Task The_aggregated_form_is_read_where_the_server_has_it()
    {
        _documents["/api"] = """
            {"kind":"APIGroupDiscoveryList","items":[{"metadata":{},"versions":[{"version":"v1","resources":[
              {"resource":"secrets","responseKind":{"group":"","version":"","kind":"Secret"},"scope":"Namespaced","singularResource":"secret","verbs":["get"]}]}]}]}
            """;
        _documents["/apis"] = """
            {"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"stale.io"},"versions":[{"version":"v1","freshness":"Stale"}]}]}
            """;
        await using var server = await ScriptedServer.StartAsync(AnswerAsync);
        using var client = server.Client();

        var all = await new ApiDiscovery(client).AllAsync(default);

        Assert.Equal("Secret", Assert.Single(all.Resources).Resource.Kind);
        Assert.Equal("stale.io/v1", Assert.Single(all.Failures).Key);
        Assert.Equal(2, _requests.Count);
    }

    [Fact]
    public async Task The_version_is_told()
    {
        await using var server = await ScriptedServer.StartAsync(AnswerAsync);
        using var client = server.Client();

        Assert.Equal("v1.36.0", (await new ApiDiscovery(client).ServerVersionAsync(default))["gitVersion"]!.ToString());
    }

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.ToString();
        lock (_requests)
        {
            _requests.Add(path);
        }

        if (path == "/apis/broken.io/v1")
        {
            return FakeConfigMaps.WriteStatusAsync(context, 503, "the server is currently unable to handle the request");
        }

        return _documents.TryGetValue(path, out var document)
            ? context.Response.WriteAsync(document)
            : FakeConfigMaps.WriteStatusAsync(context, 404, "not found", "NotFound");
    }
}
