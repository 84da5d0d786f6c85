using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing;

namespace SecretsOps.LocalCluster.Tests.Http;

[Collection(ClusterCollection.Name)]
public sealed class WatchTests(ClusterFixture fixture)
{
    private readonly ApiSession _api = new(fixture.Cluster);

    [Fact]
    public async Task A_watch_from_a_version_replays_every_later_change_once()
    {
        var path = await NewPathAsync();
        var start = (await _api.GetAsync(path)).Version;
        await CreateAsync(path, "a");
        await _api.PatchAsync(path + "/a", """{"data":{"x":"1"}}""");
        await _api.DeleteAsync(path + "/a");

        var events = await _api.WatchAsync($"{path}?resourceVersion={start}&fieldSelector=metadata.name%3Da");

        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], Types(events));
        Assert.Equal(events.Select(Version).Order(), events.Select(Version));
    }

    [Fact]
    public async Task A_watch_without_a_version_begins_with_what_is_there()
    {
        var path = await NewPathAsync();
        await CreateAsync(path, "a");

        var events = await _api.WatchAsync(path + "?fieldSelector=metadata.name%3Da");

        Assert.Equal(["ADDED"], Types(events));
    }

    [Fact]
    public async Task Initial_events_end_with_a_marked_bookmark()
    {
        var path = await NewPathAsync();
        await CreateAsync(path, "a");

        var events = await _api.WatchAsync(path + "?sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&fieldSelector=metadata.name%3Da");

        Assert.Equal(["ADDED", "BOOKMARK"], Types(events).Take(2));
        Assert.Equal("true", (string?)events[1]["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
    }

    [Fact]
    public async Task An_object_that_comes_to_match_is_added_and_one_that_ceases_to_is_deleted()
    {
        var path = await NewPathAsync();
        await CreateAsync(path, "a");
        var start = (await _api.GetAsync(path)).Version;
        await _api.PatchAsync(path + "/a", """{"metadata":{"labels":{"on":"yes"}}}""");
        await _api.PatchAsync(path + "/a", """{"data":{"x":"1"}}""");
        await _api.PatchAsync(path + "/a", """{"metadata":{"labels":{"on":null}}}""");

        var events = await _api.WatchAsync($"{path}?resourceVersion={start}&labelSelector=on%3Dyes");

        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], Types(events));
    }

    [Fact]
    public async Task A_table_watch_sends_the_columns_once()
    {
        var path = await NewPathAsync();
        await CreateAsync(path, "a");
        await CreateAsync(path, "b");

        var events = await _api.WatchAsync(path + "?labelSelector=test", "application/json;as=Table;v=v1;g=meta.k8s.io");

        Assert.Equal(3, events[0]["object"]!["columnDefinitions"]!.AsArray().Count);
        Assert.True((events[1]["object"]!["columnDefinitions"] as JsonArray ?? []).Count == 0 || TestCluster.IsReal);
    }

    [Fact]
    public async Task A_running_watch_sees_changes_as_they_come()
    {
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var version = (await fixture.Cluster.Client.ListAsync(ApiResource.ConfigMaps, @namespace, new ListOptions(), deadline.Token)).ResourceVersion;
        await using var events = fixture.Cluster.Client
            .WatchAsync(ApiResource.ConfigMaps, @namespace, new WatchOptions { ResourceVersion = version, LabelSelector = "test" }, deadline.Token)
            .GetAsyncEnumerator(deadline.Token);
        var next = events.MoveNextAsync();

        await CreateAsync($"/api/v1/namespaces/{@namespace}/configmaps", "late");

        Assert.True(await next);
        Assert.Equal("late", events.Current.Object.Name);
    }

    private static IEnumerable<string> Types(IEnumerable<JsonNode> events) => events.Select(change => (string)change["type"]!);

    private static long Version(JsonNode change) => long.Parse((string)change["object"]!["metadata"]!["resourceVersion"]!);

    private async Task<string> NewPathAsync() => $"/api/v1/namespaces/{await fixture.Cluster.CreateNamespaceAsync()}/configmaps";

    private Task<ApiSession.Answer> CreateAsync(string path, string name) =>
        _api.PostAsync(path, $$$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{{name}}}}","labels":{"test":""}}}""");
}
