using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Testing;

namespace SecretsOps.Cli.Tests.Kubeseal;

public sealed class KubesealSealTests
{
    private const string Secret = """
        apiVersion: v1
        kind: Secret
        metadata:
          name: db
          namespace: shop
          uid: 0b0e
          resourceVersion: "12"
          creationTimestamp: "2026-01-01T00:00:00Z"
          ownerReferences: [{apiVersion: v1, kind: Pod, name: p, uid: u}]
          labels: {app: web}
          annotations:
            note: kept
            kubectl.kubernetes.io/last-applied-configuration: '{"data":"c2VjcmV0"}'
            kubecfg.ksonnet.io/last-applied-configuration: '{"data":"c2VjcmV0"}'
        data: {a: b2xk, b: Yg==}
        stringData: {a: new}
        """;

    [Fact]
    public async Task CLI_1_json_is_the_default_in_go_order_with_one_newline()
    {
        var run = await SealAsync(Secret);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("{\n  \"kind\": \"SealedSecret\",\n  \"apiVersion\": \"bitnami.com/v1alpha1\",\n  \"metadata\": {\n    \"name\": \"db\",\n    \"namespace\": \"shop\"\n  },\n  \"spec\": {\n    \"template\": {", run.Output);
        Assert.EndsWith("\n  }\n}\n", run.Output);
    }

    [Fact]
    public async Task CLI_2_yaml_starts_with_a_separator_and_has_sorted_keys()
    {
        var run = await SealAsync(Secret, "-o", "yaml");

        Assert.StartsWith("---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: shop\nspec:\n  encryptedData:\n    a: ", run.Output);
    }

    [Fact]
    public async Task CLI_3_the_extension_of_the_output_file_forces_yaml()
    {
        using var directory = new TemporaryDirectory();
        var target = directory.Combine("out.yaml");

        var run = await SealAsync(Secret, "-w", target);

        Assert.Equal("", run.Output);
        Assert.StartsWith("---\napiVersion:", await File.ReadAllTextAsync(target));
    }

    [Fact]
    public async Task CLI_4_an_error_leaves_the_old_output_file()
    {
        using var directory = new TemporaryDirectory();
        var target = directory.Write("out.yaml", "old");

        var run = await SealAsync(Secret + "\n---\nkind: Secret\nmetadata: {name: x, namespace: shop}\n", "-w", target);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("old", await File.ReadAllTextAsync(target));
        Assert.Single(Directory.GetFiles(directory.Path));
    }

    [Theory]
    [InlineData("kind: Secret\nmetadata: {name: m1, namespace: shop}\ndata: {a: MQ==}\n---\n---\nkind: Secret\nmetadata: {name: m2, namespace: shop}\ndata: {a: MQ==}\n")]
    [InlineData("{\"metadata\":{\"name\":\"m1\",\"namespace\":\"shop\"},\"data\":{\"a\":\"MQ==\"}}\n{\"metadata\":{\"name\":\"m2\",\"namespace\":\"shop\"},\"data\":{\"a\":\"MQ==\"}}")]
    public async Task CLI_5_every_document_is_sealed_in_order(string input)
    {
        var run = await SealAsync(input, "-o", "yaml");

        Assert.Equal(0, run.ExitCode);
        var documents = run.Output.Split("---\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, documents.Length);
        Assert.Contains("name: m1", documents[0]);
        Assert.Contains("name: m2", documents[1]);
    }

    [Fact]
    public async Task CLI_6_stringData_is_sealed_and_wins()
    {
        var recovered = await RecoverAsync((await SealAsync(Secret)).OutputBytes);

        Assert.Equal("new", Encoding.UTF8.GetString(Convert.FromBase64String(recovered["data"]!["a"]!.GetValue<string>())));
    }

    [Fact]
    public async Task CLI_7_copies_of_the_plaintext_are_stripped()
    {
        var run = await SealAsync(Secret);

        Assert.DoesNotContain("last-applied-configuration", run.Output);
        Assert.DoesNotContain("c2VjcmV0", run.Output);
    }

    [Fact]
    public async Task CLI_8_fields_of_the_server_are_stripped()
    {
        var run = await SealAsync(Secret);

        Assert.DoesNotContain("0b0e", run.Output);
        Assert.DoesNotContain("resourceVersion", run.Output);
        Assert.DoesNotContain("creationTimestamp", run.Output);
    }

    [Fact]
    public async Task CLI_9_owner_references_are_stripped() => Assert.DoesNotContain("ownerReferences", (await SealAsync(Secret)).Output);

    [Fact]
    public async Task CLI_10_labels_and_annotations_go_to_the_template_only()
    {
        var json = JsonNode.Parse((await SealAsync(Secret)).Output)!;

        Assert.Null(json["metadata"]!["labels"]);
        Assert.Null(json["metadata"]!["annotations"]);
        Assert.Equal("web", json["spec"]!["template"]!["metadata"]!["labels"]!["app"]!.GetValue<string>());
        Assert.Equal("kept", json["spec"]!["template"]!["metadata"]!["annotations"]!["note"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("namespace-wide")]
    [InlineData("cluster-wide")]
    public async Task CLI_11_the_scope_flag_annotates_object_and_template(string scope)
    {
        var json = JsonNode.Parse((await SealAsync(Secret, "--scope", scope)).Output)!;

        Assert.Equal("true", json["metadata"]!["annotations"]![$"sealedsecrets.bitnami.com/{scope}"]!.GetValue<string>());
        Assert.Equal("true", json["spec"]!["template"]!["metadata"]!["annotations"]![$"sealedsecrets.bitnami.com/{scope}"]!.GetValue<string>());
    }

    [Fact]
    public async Task CLI_12_the_scope_annotation_of_the_input_is_honoured_without_the_flag()
    {
        var input = Secret.Replace("note: kept", "sealedsecrets.bitnami.com/cluster-wide: \"true\"");
        var json = JsonNode.Parse((await SealAsync(input)).Output)!;
        json["metadata"]!["name"] = "elsewhere";
        json["metadata"]!["namespace"] = "other";

        var recovered = await RecoverAsync(Encoding.UTF8.GetBytes(json.ToJsonString()));

        Assert.NotNull(recovered["data"]!["a"]);
    }

    [Theory]
    [InlineData("cluster-wide")]
    [InlineData("namespace-wide")]
    public async Task CLI_11_CLI_12_strict_that_was_asked_for_narrows_a_wider_annotation(string wide)
    {
        var input = CliSetup.With($"metadata: {{name: db, namespace: shop, annotations: {{sealedsecrets.bitnami.com/{wide}: 'true', kept: yes-it-is}}}}\ndata: {{a: MQ==}}");

        var narrowed = await CliRun.KubesealAsync(input, "--cert", CliSetup.Certificate, "--scope", "strict", "-o", "yaml");
        var untouched = await CliRun.KubesealAsync(input, "--cert", CliSetup.Certificate, "-o", "yaml");

        Assert.DoesNotContain(wide, narrowed.Output);
        Assert.Contains("kept: yes-it-is", narrowed.Output);
        Assert.Contains($"sealedsecrets.bitnami.com/{wide}: \"true\"", untouched.Output);
    }

    [Fact]
    public async Task CLI_13_the_namespace_comes_from_input_then_flag_then_kubeconfig_then_default()
    {
        using var directory = new TemporaryDirectory();
        var kubeconfig = directory.Write("config", "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts:\n- name: c\n  context: {namespace: from-config}\n");
        const string Bare = "metadata: {name: a}\ndata: {a: MQ==}";

        Assert.Equal("shop", NamespaceOf(await SealAsync(Secret)));
        Assert.Equal("by-flag", NamespaceOf(await SealAsync(Bare, "-n", "ns/by-flag")));
        Assert.Equal("from-config", NamespaceOf(await SealAsync(Bare, "--kubeconfig", kubeconfig)));
        Assert.Equal("default", NamespaceOf(await SealAsync(Bare)));
    }

    [Fact]
    public async Task CLI_14_namespace_mismatch_is_refused_with_the_exact_error()
    {
        var run = await SealAsync(Secret, "-n", "other");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("error: namespace mismatch: input secret is in namespace \"shop\" but \"other\" was specified\n", run.Error);
    }

    [Fact]
    public async Task CLI_15_cluster_wide_forces_no_namespace()
    {
        var json = JsonNode.Parse((await SealAsync("metadata: {name: a}\ndata: {a: MQ==}", "--scope", "cluster-wide")).Output)!;

        Assert.Null(json["metadata"]!["namespace"]);
    }

    [Fact]
    public async Task CLI_16_name_overrides()
    {
        var json = JsonNode.Parse((await SealAsync(Secret, "--name", "other")).Output)!;

        Assert.Equal("other", json["metadata"]!["name"]!.GetValue<string>());
        Assert.Equal("other", json["spec"]!["template"]!["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task CLI_17_empty_data_is_refused_unless_allowed()
    {
        const string Empty = "metadata: {name: a, namespace: b}\ndata: {}";

        var refused = await SealAsync(Empty);
        var allowed = await SealAsync(Empty, "--allow-empty-data");

        Assert.Equal("error: secret.data is empty in input Secret, assuming this is an error and aborting. To work with empty data, --allow-empty-data can be used\n", refused.Error);
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal(0, allowed.ExitCode);
        Assert.Contains("\"encryptedData\": {}", allowed.Output);
    }

    [Fact]
    public async Task CLI_18_a_missing_name_is_refused() =>
        Assert.Equal("error: missing metadata.name in input Secret\n", (await SealAsync("metadata: {namespace: b}\ndata: {a: MQ==}")).Error);

    [Theory]
    [InlineData("")]
    [InlineData("---\n---\n# only a comment\n")]
    public async Task CLI_19_no_documents_are_refused(string input)
    {
        var run = await SealAsync(input);

        Assert.Equal("error: no secrets found. Ensure the input is valid and UTF-8 encoded\n", run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task CLI_23_sealing_needs_no_cluster()
    {
        var setup = CliSetup.With(Secret) with { Variables = new() { ["KUBECONFIG"] = "/nonexistent/config" } };

        var run = await CliRun.KubesealAsync(setup, "--cert", CliSetup.Certificate, "--server", "https://127.0.0.1:1");

        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Input_in_UTF_16_as_old_PowerShell_writes_it_is_understood()
    {
        var run = await CliRun.KubesealAsync(new CliSetup { Input = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Secret)] }, "--cert", CliSetup.Certificate);

        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Json_is_escaped_as_go_escapes_it()
    {
        var run = await SealAsync("metadata: {name: a, namespace: b, annotations: {x: '<a> & \"b\"'}}\ndata: {a: MQ==}");

        Assert.Contains(@"""x"": ""\u003ca\u003e \u0026 \""b\""""", run.Output);
    }

    private static Task<CliRun> SealAsync(string input, params string[] flags) =>
        CliRun.KubesealAsync(CliSetup.With(input), ["--cert", CliSetup.Certificate, .. flags]);

    private static async Task<JsonNode> RecoverAsync(byte[] sealedSecret)
    {
        var run = await CliRun.KubesealAsync(new CliSetup { Input = sealedSecret }, "--recovery-unseal", "--recovery-private-key", CliSetup.PrivateKey);
        Assert.Equal("", run.Error);
        return JsonNode.Parse(run.Output)!;
    }

    private static string NamespaceOf(CliRun run) => JsonNode.Parse(run.Output)!["metadata"]!["namespace"]!.GetValue<string>();
}
