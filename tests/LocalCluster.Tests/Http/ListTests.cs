namespace SecretsOps.LocalCluster.Tests.Http;

[Collection(ClusterCollection.Name)]
public sealed class ListTests(ClusterFixture fixture)
{
    private readonly ApiSession _api = new(fixture.Cluster);

    [Fact]
    public async Task Chunks_of_a_list_show_one_moment()
    {
        var path = await FillAsync(5);

        var first = await _api.GetAsync(path + "?limit=2&labelSelector=test");
        await _api.DeleteAsync(path + "/object-4");
        var rest = await _api.GetAsync($"{path}?limit=10&labelSelector=test&continue={(string)first.Json["metadata"]!["continue"]!}");

        Assert.Equal(["object-0", "object-1"], Names(first));
        Assert.Equal(["object-2", "object-3", "object-4"], Names(rest));
        Assert.Equal(first.Version, rest.Version);
    }

    [Theory]
    [InlineData("even=true", "object-0 object-2")]
    [InlineData("even!=true", "object-1 object-3")]
    [InlineData("test,even in (true)", "object-0 object-2")]
    [InlineData("number notin (0,1),test", "object-2 object-3")]
    [InlineData("!test", "")]
    public async Task Label_selectors_choose(string selector, string expected)
    {
        var path = await FillAsync(4);

        var answer = await _api.GetAsync($"{path}?labelSelector={Uri.EscapeDataString(selector)}");

        Assert.Equal(expected, string.Join(' ', Names(answer).Where(name => name.StartsWith("object-", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Field_selectors_choose_by_the_fields_a_kind_offers()
    {
        var path = await FillAsync(2);

        Assert.Equal(["object-1"], Names(await _api.GetAsync(path + "?fieldSelector=metadata.name%3Dobject-1")));
        Assert.Equal(400, (await _api.GetAsync(path + "?fieldSelector=data.a%3Db")).Status);
    }

    [Fact]
    public async Task A_table_has_the_columns_that_kubectl_prints()
    {
        var path = await FillAsync(1);

        var table = (await _api.GetAsync(path + "?labelSelector=test", "application/json;as=Table;v=v1;g=meta.k8s.io")).Json;

        Assert.Equal(["Name", "Data", "Age"], table["columnDefinitions"]!.AsArray().Select(column => (string)column!["name"]!));
        Assert.Equal("object-0", (string?)table["rows"]![0]!["cells"]![0]);
        Assert.Equal("PartialObjectMetadata", (string?)table["rows"]![0]!["object"]!["kind"]);
    }

    [Fact]
    public async Task Metadata_alone_can_be_asked_for()
    {
        var path = await FillAsync(1);

        var list = (await _api.GetAsync(path + "?labelSelector=test", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")).Json;

        Assert.Equal("PartialObjectMetadataList", (string?)list["kind"]);
        Assert.Null(list["items"]![0]!["data"]);
        Assert.Equal("object-0", (string?)list["items"]![0]!["metadata"]!["name"]);
    }

    private static IEnumerable<string> Names(ApiSession.Answer list) => list.Json["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!);

    private async Task<string> FillAsync(int count)
    {
        var path = $"/api/v1/namespaces/{await fixture.Cluster.CreateNamespaceAsync()}/configmaps";
        for (var index = 0; index < count; index++)
        {
            var labels = $$"""{"test":"","number":"{{index}}","even":"{{(index % 2 == 0 ? "true" : "false")}}"}""";
            await _api.PostAsync(path, $$$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"object-{{{{index}}}}","labels":{{{{labels}}}}}}""");
        }

        return path;
    }
}
