using System.Text;
using System.Text.Json.Nodes;

namespace SecretsOps.SealedSecrets.Tests;

public sealed class SecretTemplateTests
{
    private static readonly SealingKey Key = SealingKey.FromSecret(TestKeys.NewSecret);

    [Fact]
    public void TPL_1_a_value_is_put_in_by_its_name() => Assert.Equal("user=bar", Render("user={{ .foo }}"));

    [Fact]
    public void TPL_2_index_reaches_names_with_dots_and_dashes() =>
        Assert.Equal("dotted dashed", Render("{{ index . \"dotted.key\" }} {{ index . \"dashed-key\" }}"));

    [Fact]
    public void TPL_3_toJson_escapes_as_Go_does() =>
        Assert.Equal("\"say \\\"hi\\\" \\u003c\\u0026\\u003e\"", Render("{{ toJson .quoted }}"));

    [Fact]
    public void TPL_4_a_missing_name_prints_no_value() => Assert.Equal("[<no value>]", Render("[{{ .nothing }}]"));

    [Theory]
    [InlineData("{{ .foo")]
    [InlineData("{{ end }}")]
    [InlineData("{{ if }}x{{ end }}")]
    public void TPL_5_a_template_that_does_not_parse_fails_the_object_and_names_its_key(string template) => Refused(template, "");

    [Fact]
    public void TPL_6_fail_fails_the_object_with_its_message() => Refused("{{ fail \"stop\" }}", "stop");

    [Theory]
    [InlineData("env", "{{ env \"HOME\" }}")]
    [InlineData("expandenv", "{{ expandenv \"$HOME\" }}")]
    [InlineData("getHostByName", "{{ getHostByName \"localhost\" }}")]
    public void TPL_7_functions_that_leak_are_not_defined(string function, string template) =>
        Refused(template, $"function \"{function}\" not defined");

    [Fact]
    public void TPL_8_a_sibling_template_is_seen_unrendered() => Assert.Equal("{{ .foo }} unrendered", Render("{{ .plain }}"));

    [Fact]
    public void TPL_12_bytes_that_are_no_text_pass_through_unchanged()
    {
        using var secret = Build(new JsonObject { ["encoded"] = "{{ .binary | b64enc }}", ["raw"] = "<{{ .binary }}>" });

        Assert.Equal("/wCA/g==", Encoding.ASCII.GetString(secret.Data["encoded"]));
        Assert.Equal([(byte)'<', 0xff, 0x00, 0x80, 0xfe, (byte)'>'], secret.Data["raw"]);
    }

    [Fact]
    public void TPL_13_sprig_functions_work_on_the_opened_values() =>
        Assert.Equal("\"BAR\" d 1-2 62617220", Render("{{ .foo | upper | quote }} {{ default \"d\" .nothing }} {{ list 1 2 | join \"-\" }} {{ printf \"%x\" (print .foo \" \") }}"));

    [Fact]
    public void TPL_10_a_dropped_value_is_still_of_use_in_templates() => Assert.Equal("gone", Render("{{ .dropped }}"));

    [Fact]
    public void TPL_10_a_null_entry_drops_its_key()
    {
        using var secret = Build(new JsonObject { ["dropped"] = null });

        Assert.DoesNotContain("dropped", secret.Data.Keys);
        Assert.Contains("foo", secret.Data.Keys);
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
    public void REC_2_REC_4_REC_12_owner_name_and_namespace_are_the_objects_own()
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

    private static string Render(string template)
    {
        using var secret = Build(new JsonObject { ["result"] = template, ["plain"] = "{{ .foo }} unrendered", ["dropped"] = null });
        return Encoding.UTF8.GetString(secret.Data["result"]);
    }

    private static void Refused(string template, string reason)
    {
        var refused = Assert.Throws<SecretTemplateException>(() => Build(new JsonObject { ["bad"] = template }));

        Assert.Contains("bad", refused.Message);
        Assert.Contains(reason, refused.Message);
    }

    private static PlainSecret Build(JsonObject entries)
    {
        using var source = PlainSecret.Read(TestKeys.Parse("metadata: {name: db, namespace: shop}\nstringData: {foo: bar, dotted.key: dotted, dashed-key: dashed, quoted: 'say \"hi\" <&>', dropped: gone}\ndata: {binary: /wCA/g==}"));
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
