using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Tests.Http;

[Collection(ClusterCollection.Name)]
public sealed class WriteTests(ClusterFixture fixture)
{
    private readonly ApiSession _api = new(fixture.Cluster);

    [Fact]
    public async Task An_update_from_an_old_version_conflicts_in_upstreams_words()
    {
        var path = await CreateAsync("object", """{"a":"1"}""");
        var old = (await _api.GetAsync(path)).Json;
        await _api.PatchAsync(path, """{"data":{"a":"2"}}""");

        old["data"]!["a"] = "3";
        var answer = await _api.PutAsync(path, old);

        Assert.Equal((409, "Conflict"), (answer.Status, answer.Reason));
        Assert.Equal(
            "Operation cannot be fulfilled on configmaps \"object\": the object has been modified; please apply your changes to the latest version and try again",
            answer.Message);
    }

    [Fact]
    public async Task A_second_create_of_a_name_is_refused()
    {
        var path = await CreateAsync("object", "{}");

        var answer = await _api.PostAsync(path[..path.LastIndexOf('/')], """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"object"}}""");

        Assert.Equal((409, "AlreadyExists", "configmaps \"object\" already exists"), (answer.Status, answer.Reason, answer.Message));
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();

        var answer = await _api.GetAsync($"/api/v1/namespaces/{@namespace}/secrets/nothing");

        Assert.Equal((404, "NotFound", "secrets \"nothing\" not found"), (answer.Status, answer.Reason, answer.Message));
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_takes_nothing()
    {
        var answer = await _api.PostAsync("/api/v1/namespaces/no-such-place/configmaps", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""");

        Assert.Equal((404, "namespaces \"no-such-place\" not found"), (answer.Status, answer.Message));
    }

    [Fact]
    public async Task A_dry_run_answers_and_writes_nothing()
    {
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();
        var path = $"/api/v1/namespaces/{@namespace}/configmaps";

        var created = await _api.PostAsync(path + "?dryRun=All", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""");

        Assert.Equal(201, created.Status);
        Assert.NotNull(created.Json["metadata"]!["uid"]);
        Assert.Equal(404, (await _api.GetAsync(path + "/a")).Status);
    }

    [Fact]
    public async Task Generated_names_differ()
    {
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();
        const string Body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"prefix-"}}""";

        var names = new HashSet<string>();
        for (var index = 0; index < 5; index++)
        {
            var created = await _api.PostAsync($"/api/v1/namespaces/{@namespace}/configmaps", Body);
            names.Add((string)created.Json["metadata"]!["name"]!);
        }

        Assert.Equal(5, names.Count);
        Assert.All(names, name => Assert.Matches("^prefix-[a-z0-9]{5}$", name));
    }

    [Fact]
    public async Task A_change_to_nothing_keeps_the_version()
    {
        var path = await CreateAsync("object", """{"a":"1"}""");
        var before = (await _api.GetAsync(path)).Version;

        var answer = await _api.PatchAsync(path, """{"data":{"a":"1"}}""");

        Assert.Equal(before, answer.Version);
    }

    [Fact]
    public async Task Versions_only_grow()
    {
        var path = await CreateAsync("object", "{}");
        var versions = new List<long> { long.Parse((await _api.GetAsync(path)).Version) };
        for (var index = 0; index < 5; index++)
        {
            versions.Add(long.Parse((await _api.PatchAsync(path, $$$$"""{"data":{"a":"{{{{index}}}}"}}""")).Version));
        }

        Assert.Equal(versions.Order().Distinct(), versions);
    }

    [Fact]
    public async Task An_unknown_field_is_an_error_when_strictness_is_asked_and_a_warning_otherwise()
    {
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();
        var path = $"/api/v1/namespaces/{@namespace}/configmaps";
        const string Body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"dada":{}}""";

        var strict = await _api.PostAsync(path + "?fieldValidation=Strict", Body);
        var warned = await _api.PostAsync(path, Body);

        Assert.Equal(400, strict.Status);
        Assert.Contains("unknown field \"dada\"", strict.Message, StringComparison.Ordinal);
        Assert.Equal(201, warned.Status);
        Assert.Equal("unknown field \"dada\"", Assert.Single(warned.Warnings));
        Assert.Null(warned.Json["dada"]);
    }

    [Fact]
    public async Task A_finalizer_holds_an_object_until_it_is_taken_off()
    {
        var path = await CreateAsync("object", "{}");
        await _api.PatchAsync(path, """{"metadata":{"finalizers":["example.com/hold"]}}""");

        var deleted = await _api.DeleteAsync(path);
        var held = await _api.GetAsync(path);
        await _api.PatchAsync(path, """{"metadata":{"finalizers":null}}""");

        Assert.Equal(200, deleted.Status);
        Assert.NotNull(held.Json["metadata"]!["deletionTimestamp"]);
        Assert.Equal(404, (await _api.GetAsync(path)).Status);
    }

    [Fact]
    public async Task A_delete_names_the_object_it_means_by_uid()
    {
        var path = await CreateAsync("object", "{}");

        var refused = await _api.DeleteAsync(path, """{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"another"}}""");

        Assert.Equal(409, refused.Status);
        Assert.Contains("UID in the precondition (another)", refused.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await _api.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Two_appliers_conflict_until_one_forces()
    {
        var path = await CreateAsync("object", "{}");
        var body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"object"},"data":{"a":"VALUE"}}""";
        await _api.PatchAsync(path + "?fieldManager=one", body.Replace("VALUE", "1", StringComparison.Ordinal), ApiSession.ApplyPatch);

        var conflict = await _api.PatchAsync(path + "?fieldManager=two", body.Replace("VALUE", "2", StringComparison.Ordinal), ApiSession.ApplyPatch);
        var forced = await _api.PatchAsync(path + "?fieldManager=two&force=true", body.Replace("VALUE", "2", StringComparison.Ordinal), ApiSession.ApplyPatch);

        Assert.Equal(409, conflict.Status);
        Assert.Contains("conflict with \"one\": .data.a", conflict.Message, StringComparison.Ordinal);
        Assert.Equal("2", (string?)forced.Json["data"]!["a"]);
    }

    [Fact]
    public async Task An_apply_makes_what_is_not_there()
    {
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();

        var answer = await _api.PatchAsync(
            $"/api/v1/namespaces/{@namespace}/configmaps/made?fieldManager=one", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: made\ndata:\n  a: b\n", ApiSession.ApplyPatch);

        Assert.Equal(201, answer.Status);
        Assert.Equal("Apply", (string?)answer.Json["metadata"]!["managedFields"]![0]!["operation"]);
    }

    [Fact]
    public async Task Secrets_keep_bytes_and_take_plain_strings()
    {
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();

        var answer = await _api.PostAsync(
            $"/api/v1/namespaces/{@namespace}/secrets", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"a":"ü"},"data":{"b":"AP8="}}""");

        Assert.Equal("Opaque", (string?)answer.Json["type"]);
        Assert.Equal("""{"a":"w7w=","b":"AP8="}""", new JsonObject { ["a"] = answer.Json["data"]!["a"]!.DeepClone(), ["b"] = answer.Json["data"]!["b"]!.DeepClone() }.ToJsonString());
        Assert.Null(answer.Json["stringData"]);
    }

    private async Task<string> CreateAsync(string name, string data)
    {
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();
        var path = $"/api/v1/namespaces/{@namespace}/configmaps";
        var created = await _api.PostAsync(path, $$$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{{name}}}}"},"data":{{{{data}}}}}""");
        Assert.Equal(201, created.Status);
        return $"{path}/{name}";
    }
}
