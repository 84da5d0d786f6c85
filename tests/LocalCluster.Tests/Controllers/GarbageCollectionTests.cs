using SecretsOps.Testing;

namespace SecretsOps.LocalCluster.Tests.Controllers;

[Collection(ClusterCollection.Name)]
public sealed class GarbageCollectionTests(ClusterFixture fixture)
{
    private readonly ApiSession _api = new(fixture.Cluster);

    [Fact]
    public async Task What_an_object_owns_goes_after_it()
    {
        var path = await FamilyAsync();

        await DeleteAsync(path, "Background");

        await GoneAsync(path + "/owner");
        await GoneAsync(path + "/dependent");
    }

    [Fact]
    public async Task In_the_foreground_the_owner_goes_last()
    {
        var path = await FamilyAsync();
        await _api.PatchAsync(path + "/dependent", """{"metadata":{"finalizers":["example.com/hold"]}}""");

        await DeleteAsync(path, "Foreground");
        await Eventually.TrueAsync(async () => (await _api.GetAsync(path + "/dependent")).Json["metadata"]?["deletionTimestamp"] is not null, "the dependent is being deleted");
        var owner = await _api.GetAsync(path + "/owner");
        await _api.PatchAsync(path + "/dependent", """{"metadata":{"finalizers":null}}""");

        Assert.Equal(200, owner.Status);
        await GoneAsync(path + "/owner");
        await GoneAsync(path + "/dependent");
    }

    [Fact]
    public async Task An_orphan_stays_without_its_owner()
    {
        var path = await FamilyAsync();

        await DeleteAsync(path, "Orphan");

        await GoneAsync(path + "/owner");
        Assert.Null((await _api.GetAsync(path + "/dependent")).Json["metadata"]!["ownerReferences"]);
    }

    [Fact]
    public async Task A_namespace_takes_its_content_with_it()
    {
        var path = await FamilyAsync();
        var @namespace = path.Split('/')[4];

        await _api.DeleteAsync($"/api/v1/namespaces/{@namespace}");

        await GoneAsync($"/api/v1/namespaces/{@namespace}");
        Assert.Equal(404, (await _api.GetAsync(path + "/dependent")).Status);
    }

    [Fact]
    public async Task Every_namespace_has_a_service_account_and_the_authority()
    {
        var @namespace = await fixture.Cluster.CreateNamespaceAsync();

        await Eventually.TrueAsync(async () => (await _api.GetAsync($"/api/v1/namespaces/{@namespace}/serviceaccounts/default")).Status == 200, "the service account is made");
        await Eventually.TrueAsync(async () => (await _api.GetAsync($"/api/v1/namespaces/{@namespace}/configmaps/kube-root-ca.crt")).Status == 200, "the authority is published");
    }

    private async Task<string> FamilyAsync()
    {
        var path = $"/api/v1/namespaces/{await fixture.Cluster.CreateNamespaceAsync()}/configmaps";
        var owner = await _api.PostAsync(path, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owner"}}""");
        var uid = (string)owner.Json["metadata"]!["uid"]!;
        var reference = $$"""{"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":"{{uid}}","blockOwnerDeletion":true}""";
        var dependent = await _api.PostAsync(path, $$$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"dependent","ownerReferences":[{{{{reference}}}}]}}""");
        Assert.Equal(201, dependent.Status);
        return path;
    }

    private Task<ApiSession.Answer> DeleteAsync(string path, string policy) =>
        _api.DeleteAsync(path + "/owner", $$"""{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"{{policy}}"}""");

    private Task GoneAsync(string path) => Eventually.TrueAsync(async () => (await _api.GetAsync(path)).Status == 404, $"{path} is gone", TimeSpan.FromMinutes(2)); // a real cluster takes its namespaces one after another
}
