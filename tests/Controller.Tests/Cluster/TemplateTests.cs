using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Cluster;

[Collection(ControllerCollection.Name)]
public sealed class TemplateTests(ControllerFixture fixture) : IAsyncLifetime
{
    private readonly TestCluster _cluster = fixture.Cluster;
    private string _namespace = "";

    public async Task InitializeAsync() => _namespace = await _cluster.CreateNamespaceAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task TPL_1_TPL_2_TPL_3_TPL_4_TPL_8_TPL_9_templates_reach_the_Secret_rendered()
    {
        await CreateAsync(new JsonObject
        {
            ["simple"] = "user={{ .user }}",
            ["indexed"] = "{{ index . \"dotted.key\" }}",
            ["json"] = "{{ toJson .user }}",
            ["missing"] = "{{ .nobody }}",
            ["sibling"] = "{{ .simple }}",
            ["user"] = "the template loses",
        });

        await _cluster.SyncedBecomesAsync(_namespace, "db", "True");

        var secret = await _cluster.SecretAsync(_namespace, "db");
        Assert.Equal(
            ["user=ad\"min", "d", "\"ad\\\"min\"", "<no value>", "user={{ .user }}", "ad\"min"],
            new[] { "simple", "indexed", "json", "missing", "sibling", "user" }.Select(key => secret.Text(key)));
    }

    [Theory]
    [InlineData("TPL_5", "{{ .user")]
    [InlineData("TPL_6", "{{ fail \"stop\" }}")]
    [InlineData("TPL_7", "{{ env \"HOME\" }}")]
    public async Task TPL_5_TPL_6_TPL_7_a_template_that_fails_is_Synced_False_by_its_key_and_makes_no_Secret(string row, string template)
    {
        await CreateAsync(new JsonObject { ["failing-key"] = template });

        var refused = await _cluster.SyncedBecomesAsync(_namespace, "db", "False");

        Assert.StartsWith("TPL_", row, StringComparison.Ordinal);
        Assert.Contains("failing-key", refused.Condition("Synced")!["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("TemplateFailed", refused.Condition("Ready")!["reason"]!.ToString());
        Assert.Null(await _cluster.SecretAsync(_namespace, "db"));
    }

    [Fact]
    public async Task TPL_12_bytes_that_are_no_text_are_encoded_exactly()
    {
        var sealedSecret = VectorKeys.Seal("rsa2048", _namespace, "db", """{"a":"x"}""");
        sealedSecret.Json["spec"]!["encryptedData"]!["binary"] = SealBytes([0xff, 0x00, 0x80, 0xfe]);
        sealedSecret.Json["spec"]!["template"]!["data"] = new JsonObject { ["encoded"] = "{{ .binary | b64enc }}" };

        await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);

        await _cluster.SecretBecomesAsync(_namespace, "db", "encoded", "/wCA/g==");
        Assert.Equal("/wCA/g==", (await _cluster.SecretAsync(_namespace, "db"))!.Json["data"]!["binary"]!.ToString());
    }

    [Fact]
    public async Task TPL_11_TPL_13_templates_work_without_values_and_with_sprig()
    {
        var sealedSecret = new KubernetesObject(ApiResource.SealedSecrets.Gvk, _namespace, "db");
        sealedSecret.Json["spec"] = new JsonObject
        {
            ["encryptedData"] = new JsonObject(),
            ["template"] = new JsonObject { ["data"] = new JsonObject { ["shout"] = "{{ \"quiet\" | upper | quote }}" } },
        };

        await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);

        await _cluster.SecretBecomesAsync(_namespace, "db", "shout", "\"QUIET\"");
    }

    private string SealBytes(byte[] value)
    {
        var certificate = SealedSecrets.SealingCertificate.Parse(File.ReadAllBytes(VectorKeys.File("keys", "rsa2048.crt")));
        return SealedSecrets.Sealer.SealValue(value, certificate, SealedSecrets.EncryptionLabel.For(SealedSecrets.SealingScope.Strict, _namespace, "db"));
    }

    private Task<KubernetesObject> CreateAsync(JsonObject templates)
    {
        var sealedSecret = VectorKeys.Seal("rsa2048", _namespace, "db", """{"user":"ad\"min","dotted.key":"d"}""");
        sealedSecret.Json["spec"]!["template"]!["data"] = templates;
        return _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);
    }
}
