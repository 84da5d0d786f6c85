using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.SealedSecrets.Tests;

public sealed class SecretTemplateTests
{
    private static readonly SealingKey Key = SealingKey.FromSecret(TestKeys.NewSecret);

    public static TheoryData<string, string, string> Rendered => new()
    {
        { "TPL_1_simple", "{{ .foo }}", "bar" },
        { "TPL_2_index", "{{ index . \"dotted.key\" }}", "dotted" },
        { "TPL_3_toJson", "{{ toJson .quoted }}", "\"say \\\"hi\\\"\"" },
        { "TPL_4_missing", "{{ .nothing }}", "<no value>" },
        { "TPL_8_sibling_plaintext", "{{ .plain }}", "{{ .foo }} unrendered" },
        { "TPL_10_null_is_still_usable", "{{ .dropped }}", "gone" },
        { "TPL_12_binary", "{{ .binary | b64enc }}", "/wCA/g==" },
        { "TPL_13_sprig", "{{ .foo | upper | quote }} {{ default \"d\" .nothing }} {{ list 1 2 | join \"-\" }}", "\"BAR\" d 1-2" },
    };

    [Theory]
    [MemberData(nameof(Rendered))]
    public void A_template_renders_as_in_go(string row, string template, string expected)
    {
        using var secret = Build(new JsonObject { ["result"] = template, ["plain"] = "{{ .foo }} unrendered", ["dropped"] = null });

        Assert.Equal(expected, Encoding.UTF8.GetString(secret.Data["result"]));
        Assert.NotEmpty(row);
    }

    [Fact]
    public void TPL_10_a_null_entry_drops_its_key()
    {
        using var secret = Build(new JsonObject { ["dropped"] = null });

        Assert.DoesNotContain("dropped", secret.Data.Keys);
        Assert.Contains("foo", secret.Data.Keys);
    }

    [Theory]
    [InlineData("TPL_5", "{{ .foo", "bad")]
    [InlineData("TPL_6", "{{ fail \"stop\" }}", "stop")]
    [InlineData("TPL_7", "{{ env \"HOME\" }}", "function \"env\" not defined")]
    [InlineData("TPL_7", "{{ expandenv \"$HOME\" }}", "function \"expandenv\" not defined")]
    [InlineData("TPL_7", "{{ getHostByName \"localhost\" }}", "function \"getHostByName\" not defined")]
    public void A_failing_template_fails_the_object_and_names_its_key(string row, string template, string message)
    {
        var refused = Assert.Throws<SecretTemplateException>(() => Build(new JsonObject { ["bad"] = template }));

        Assert.Contains(message, refused.Message);
        Assert.Contains("bad", refused.Message);
        Assert.NotEmpty(row);
    }

    [Fact]
    public void TPL_9_a_decrypted_value_wins_in_context_and_output()
    {
        using var secret = Build(new JsonObject { ["foo"] = "template", ["copy"] = "{{ .foo }}" });

        Assert.Equal("bar", Encoding.UTF8.GetString(secret.Data["foo"]));
        Assert.Equal("bar", Encoding.UTF8.GetString(secret.Data["copy"]));
    }

    [Fact]
    public void TPL_11_templates_work_without_sealed_values()
    {
        var sealedSecret = new SealedSecret(TestKeys.Parse("metadata: {name: db, namespace: shop}\nspec: {encryptedData: {}, template: {data: {a: '{{ upper \"x\" }}'}}}"));
        using var unsealed = Unsealer.Unseal(sealedSecret, new KeyRing([Key]), UnsealOptions.Default, CancellationToken.None);
        using var secret = SecretTemplate.Build(sealedSecret, unsealed);

        Assert.Equal("X"u8.ToArray(), secret.Data["a"]);
    }

    [Fact]
    public void REC_2_and_4_and_12_owner_name_and_namespace_are_the_objects_own()
    {
        var sealedSecret = TestKeys.Seal(Key.Certificate, "metadata: {name: db, namespace: shop}\ndata: {a: MQ==}\ntype: custom\nimmutable: true");
        sealedSecret.Object.Json["spec"]!["template"]!["metadata"] = JsonNode.Parse("""{"name":"other","namespace":"elsewhere","labels":{"l":"1"},"ownerReferences":[{"name":"x"}]}""");
        using var owned = Build(sealedSecret);
        sealedSecret.Object.Json["spec"]!["template"]!["metadata"]!["annotations"] = new JsonObject { [SealedSecretAnnotations.SkipSetOwnerReferences] = "true" };
        using var unowned = Build(sealedSecret);

        Assert.Equal(
            """{"name":"db","namespace":"shop","labels":{"l":"1"},"ownerReferences":[{"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret","name":"db","uid":"","controller":true}]}""",
            owned.Metadata.ToJsonString());
        Assert.Equal("x", unowned.Metadata["ownerReferences"]![0]!["name"]!.GetValue<string>());
        Assert.Equal("custom", owned.Type);
        Assert.True(owned.IsImmutable);
    }

    private static PlainSecret Build(JsonObject entries)
    {
        using var source = PlainSecret.Read(TestKeys.Parse("metadata: {name: db, namespace: shop}\nstringData: {foo: bar, dotted.key: dotted, quoted: 'say \"hi\"', dropped: gone}\ndata: {binary: /wCA/g==}"));
        var sealedSecret = new SealedSecret(Sealer.Seal(source, Key.Certificate, new SealOptions()));
        sealedSecret.Object.Json["spec"]!["template"]!["data"] = entries;
        return Build(sealedSecret);
    }

    private static PlainSecret Build(SealedSecret sealedSecret)
    {
        using var unsealed = Unsealer.Unseal(sealedSecret, new KeyRing([Key]), UnsealOptions.Default, CancellationToken.None);
        return SecretTemplate.Build(sealedSecret, unsealed);
    }
}
