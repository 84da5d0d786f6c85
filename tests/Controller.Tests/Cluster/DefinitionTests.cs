using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Cluster;

[Collection(ControllerCollection.Name)]
public sealed class DefinitionTests(ControllerFixture fixture)
{
    private readonly TestCluster _cluster = fixture.Cluster;

    [Fact]
    public async Task CRD_1_names_scope_status_and_columns_are_upstreams()
    {
        var definition = (await _cluster.Client.GetAsync(ApiResource.CustomResourceDefinitions, "", "sealedsecrets.bitnami.com", CancellationToken.None)).Json["spec"]!;

        var version = definition["versions"]![0]!;
        Assert.Equal(("bitnami.com", "Namespaced", "SealedSecret"), (definition["group"]!.ToString(), definition["scope"]!.ToString(), definition["names"]!["kind"]!.ToString()));
        Assert.Equal("v1alpha1", version["name"]!.ToString());
        Assert.NotNull(version["subresources"]!["status"]);
        Assert.Equal(
            ["Status .status.conditions[0].message", "Synced .status.conditions[0].status", "Age .metadata.creationTimestamp"],
            ((JsonArray)version["additionalPrinterColumns"]!).Select(column => $"{column!["name"]} {column["jsonPath"]}"));
    }

    [Fact]
    public async Task CRD_2_encryptedData_is_required()
    {
        var @namespace = await _cluster.CreateNamespaceAsync();
        var sealedSecret = new KubernetesObject(ApiResource.SealedSecrets.Gvk, @namespace, "db");
        sealedSecret.Json["spec"] = new JsonObject();

        var refused = await Assert.ThrowsAsync<ApiException>(() => _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret));

        Assert.True(refused.IsInvalid);
        Assert.Contains("encryptedData", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CRD_3_unknown_fields_of_the_templates_metadata_are_kept()
    {
        var @namespace = await _cluster.CreateNamespaceAsync();
        var sealedSecret = VectorKeys.Seal("rsa2048", @namespace, "db", """{"a":"1"}""");
        sealedSecret.Json["spec"]!["template"]!["metadata"]!["unheardOf"] = new JsonObject { ["x"] = 1 };

        var stored = await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);

        Assert.Equal(1, stored.Json["spec"]!["template"]!["metadata"]!["unheardOf"]!["x"]!.GetValue<int>());
    }

    [Fact]
    public async Task CRD_4_what_upstream_stored_is_accepted_unchanged()
    {
        var @namespace = await _cluster.CreateNamespaceAsync();
        var documents = Directory.GetFiles(VectorKeys.File("cases"), "sealed.*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path) is ".yaml" or ".json" && !path.Contains("rotated-", StringComparison.Ordinal)) // upstream's reply has no kind
            .SelectMany(path => ManifestReader.Read(File.ReadAllBytes(path), path)).ToArray();

        Assert.True(documents.Length > 40);
        foreach (var document in documents)
        {
            document.Namespace = @namespace;
            var stored = await _cluster.CreateAsync(ApiResource.SealedSecrets, document.DeepClone());
            Assert.Empty(Lost(document.Json, stored.Json, document.Name));
            await _cluster.DeleteAsync(ApiResource.SealedSecrets, @namespace, document.Name);
        }
    }

    [Fact]
    public async Task CRD_5_TPL_10_a_null_in_the_templates_data_reaches_the_controller_and_leaves_the_item_out()
    {
        var @namespace = await _cluster.CreateNamespaceAsync();
        var sealedSecret = VectorKeys.Seal("rsa2048", @namespace, "db", """{"hidden":"h","shown":"s"}""");
        sealedSecret.Json["spec"]!["template"]!["data"] = new JsonObject { ["hidden"] = null, ["uses"] = "{{ .hidden }}" };

        await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);

        await _cluster.SecretBecomesAsync(@namespace, "db", "uses", "h");
        Assert.Null((await _cluster.SecretAsync(@namespace, "db")).Text("hidden"));
    }

    // The paths of what was sent and did not come back as it was; fields that the server adds do not count.
    private static IEnumerable<string> Lost(JsonNode? sent, JsonNode? stored, string path) => sent switch
    {
        JsonObject map when stored is JsonObject there => map.Where(entry => !IsEmpty(entry.Value)).SelectMany(entry => Lost(entry.Value, there[entry.Key], $"{path}.{entry.Key}")),
        _ => JsonNode.DeepEquals(sent, stored) ? [] : [path],
    };

    private static bool IsEmpty(JsonNode? node) => node is null or JsonObject { Count: 0 };
}
