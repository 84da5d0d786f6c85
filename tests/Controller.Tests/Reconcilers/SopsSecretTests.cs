using System.Text;
using System.Text.Json.Nodes;

using SecretsOps.Cli;
using SecretsOps.Controller.Options;
using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.Cryptography.Age;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Faults;

namespace SecretsOps.Controller.Tests.Reconcilers;

/// <summary>Checklist 174 and 175: SopsSecrets of isindir's operator: creation, ownership, suspend, removal, status.</summary>
[Collection(BareCollection.Name)]
public sealed class SopsSecretTests(BareFixture fixture) : IAsyncLifetime
{
    private readonly TestCluster _cluster = fixture.Cluster;
    private readonly X25519Identity _identity = X25519Identity.Generate();
    private RunningController _controller = null!;
    private string _namespace = "";

    public async Task InitializeAsync()
    {
        var ownNamespace = await _cluster.CreateNamespaceAsync("controller");
        await _cluster.CreateSecretAsync(
            ownNamespace, "age", new JsonObject { ["k.agekey"] = _identity.ToSecretText() }.ToJsonString(), """{"labels":{"secretsops.io/decryption-key":"active"}}""");
        _namespace = await _cluster.CreateNamespaceAsync("shop");
        _controller = await RunningController.StartAsync(_cluster, ownNamespace, Options([_namespace]), waitUntilReady: false);
    }

    public async Task DisposeAsync() => await _controller.DisposeAsync();

    [Fact]
    public async Task Row_174_Secrets_are_made_from_templates_with_labels_annotations_type_owner_and_status()
    {
        var created = await ApplyAsync("db", """
            - name: plain
              labels: {team: shop}
              annotations: {note: kept}
              stringData: {user: admin, number: "7"}
            - name: docker
              type: kubernetes.io/dockerconfigjson
              data: {.dockerconfigjson: e30=}
            """);

        await _cluster.SecretBecomesAsync(_namespace, "plain", "user", "admin");
        await _cluster.SecretBecomesAsync(_namespace, "docker", ".dockerconfigjson", "{}");
        await MessageBecomesAsync("db", "Healthy");
        var plain = (await _cluster.SecretAsync(_namespace, "plain"))!;
        Assert.Equal(("shop", "kept", "true", "Opaque"), (plain.Label("team"), plain.Annotation("note"), plain.Annotation("sopssecret/managed"), plain.Json["type"]!.ToString()));
        var owner = plain.Metadata["ownerReferences"]![0]!;
        Assert.Equal(("SopsSecret", "db", created.Uid, "true"), (owner["kind"]!.ToString(), owner["name"]!.ToString(), owner["uid"]!.ToString(), owner["controller"]!.ToString()));
        Assert.Equal("kubernetes.io/dockerconfigjson", (await _cluster.SecretAsync(_namespace, "docker"))!.Json["type"]!.ToString());
    }

    [Fact]
    public async Task Row_174_Data_and_stringData_of_one_template_join_and_values_of_every_type_become_text()
    {
        await ApplyAsync("db", """
            - name: mixed
              data: {binary: AP8K, both: b2xk}
              stringData: {both: new, number: 7, ratio: 1.5, on: true, empty: ""}
            """);

        await _cluster.SecretBecomesAsync(_namespace, "mixed", "both", "new");
        var mixed = (await _cluster.SecretAsync(_namespace, "mixed"))!;
        Assert.Equal("AP8K", mixed.Json["data"]!["binary"]!.ToString());
        Assert.Equal(("7", "1.5", "true", ""), (mixed.Text("number"), mixed.Text("ratio"), mixed.Text("on"), mixed.Text("empty")));
    }

    [Fact]
    public async Task Row_174_The_controllers_default_takes_over_what_the_object_does_not_forbid()
    {
        var ownNamespace = await _cluster.CreateNamespaceAsync("insisting");
        await _cluster.CreateSecretAsync(ownNamespace, "age", new JsonObject { ["k.agekey"] = _identity.ToSecretText() }.ToJsonString(), """{"labels":{"secretsops.io/decryption-key":"active"}}""");
        _namespace = await _cluster.CreateNamespaceAsync("taken");
        var options = Options([_namespace]);
        await using var insisting = await RunningController.StartAsync(_cluster, ownNamespace, options with { Decryption = options.Decryption with { EnforcesOwnership = true } }, waitUntilReady: false);
        await _cluster.CreateSecretAsync(_namespace, "one", """{"a":"theirs"}""");
        await _cluster.CreateSecretAsync(_namespace, "two", """{"a":"theirs"}""");

        await ApplyAsync("insists", "- name: one\n  stringData: {a: ours}\n");
        await ApplyAsync("forbids", "- name: two\n  stringData: {a: ours}\n", "enforceOwnership: false");

        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "ours");
        await MessageBecomesAsync("forbids", "Child secret is not owned by controller error");
        Assert.Equal("theirs", (await _cluster.SecretAsync(_namespace, "two")).Text("a"));
    }

    [Fact]
    public async Task A_template_that_is_no_longer_listed_takes_its_secret_along_and_deletion_takes_all()
    {
        await ApplyAsync("db", "- name: one\n  stringData: {a: b}\n- name: two\n  stringData: {a: b}\n");
        await _cluster.SecretBecomesAsync(_namespace, "two", "a", "b");

        await ApplyAsync("db", "- name: one\n  stringData: {a: c}\n");
        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "c");
        await Eventually.TrueAsync(async () => await _cluster.SecretAsync(_namespace, "two") is null, "the Secret of the removed template is gone");

        await _cluster.DeleteAsync(ApiResource.SopsSecrets, _namespace, "db");
        await Eventually.TrueAsync(async () => await _cluster.SecretAsync(_namespace, "one") is null, "the Secrets go with their owner");
    }

    [Fact]
    public async Task A_suspended_object_leaves_its_secrets_as_they_are_until_it_is_resumed()
    {
        await ApplyAsync("db", "- name: one\n  stringData: {a: old}\n");
        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "old");

        await ApplyAsync("db", "- name: one\n  stringData: {a: new}\n", "suspend: true");
        await MessageBecomesAsync("db", "Reconciliation is suspended");
        Assert.Equal("old", (await _cluster.SecretAsync(_namespace, "one")).Text("a"));

        await ApplyAsync("db", "- name: one\n  stringData: {a: new}\n");
        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "new");
        await MessageBecomesAsync("db", "Healthy");
    }

    [Fact]
    public async Task A_secret_of_somebody_else_is_left_alone_and_named_until_ownership_is_enforced()
    {
        await _cluster.CreateSecretAsync(_namespace, "one", """{"a":"theirs"}""");
        await ApplyAsync("db", "- name: one\n  stringData: {a: ours}\n");
        var refused = await MessageBecomesAsync("db", "Child secret is not owned by controller error");
        Assert.Contains($"Secret/{_namespace}/one belongs to somebody else", refused.Json["status"]!["detail"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("theirs", (await _cluster.SecretAsync(_namespace, "one")).Text("a"));

        await ApplyAsync("db", "- name: one\n  stringData: {a: ours}\n", "enforceOwnership: true");
        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "ours");
        var healthy = await MessageBecomesAsync("db", "Healthy");
        Assert.Null(healthy.Json["status"]!["detail"]);
    }

    [Fact]
    public async Task A_secret_that_is_marked_as_managed_is_taken_over()
    {
        await _cluster.CreateSecretAsync(_namespace, "one", """{"a":"old"}""", """{"annotations":{"sopssecret/managed":"true"}}""");

        await ApplyAsync("db", "- name: one\n  stringData: {a: ours}\n");

        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "ours");
    }

    [Fact]
    public async Task Changes_and_deletions_by_others_are_put_right()
    {
        await ApplyAsync("db", "- name: one\n  stringData: {a: ours}\n");
        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "ours");

        await _cluster.MergeAsync(ApiResource.Secrets, _namespace, "one", """{"stringData":{"a":"theirs"}}""");
        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "ours");

        await _cluster.DeleteAsync(ApiResource.Secrets, _namespace, "one");
        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "ours");
    }

    [Fact]
    public async Task Row_175_A_changed_value_is_a_decryption_error_and_nothing_is_made()
    {
        var encrypted = await EncryptAsync("db", "- name: one\n  stringData: {a: secret-canary}\n", "");
        var data = encrypted.IndexOf("data:", encrypted.IndexOf("ENC[", StringComparison.Ordinal), StringComparison.Ordinal) + 5;
        await ApplyAsync(encrypted[..data] + (encrypted[data] == 'A' ? 'B' : 'A') + encrypted[(data + 1)..]);

        var failed = await MessageBecomesAsync("db", "Decryption error");

        Assert.NotEmpty(failed.Json["status"]!["detail"]!.ToString());
        Assert.Null(await _cluster.SecretAsync(_namespace, "one"));
        Assert.DoesNotContain("secret-canary", _controller.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_that_quotes_what_it_refuses_is_told_without_the_values()
    {
        await using var proxy = await FaultyProxy.StartAsync(_cluster.KubeconfigPath);
        proxy.Fault = QuotingWebhook.Answer;
        _namespace = await _cluster.CreateNamespaceAsync("quoted");
        var ownNamespace = await _cluster.CreateNamespaceAsync("quoting");
        await _cluster.CreateSecretAsync(ownNamespace, "age", new JsonObject { ["k.agekey"] = _identity.ToSecretText() }.ToJsonString(), """{"labels":{"secretsops.io/decryption-key":"active"}}""");
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, Options([_namespace]), waitUntilReady: false, through: proxy.Connection);

        await ApplyAsync("db", $"- name: one\n  stringData: {{a: {QuotingWebhook.Value}}}\n");

        var refused = await MessageBecomesAsync("db", "Child secret update error");
        QuotingWebhook.AssertIsToldIn(refused.Json["status"]!["detail"]!.ToString());
        await QuotingWebhook.IsLoggedAsync(controller);
    }

    [Fact]
    public async Task Without_the_key_the_refusal_says_what_is_missing_and_the_key_helps_at_once()
    {
        var other = X25519Identity.Generate();
        await ApplyAsync(await EncryptAsync("db", "- name: one\n  stringData: {a: b}\n", "", other));
        var failed = await MessageBecomesAsync("db", "Decryption error");
        Assert.Contains(other.Recipient.ToString(), failed.Json["status"]!["detail"]!.ToString(), StringComparison.Ordinal);

        await _cluster.CreateSecretAsync(
            _controller.OwnNamespace, "second", new JsonObject { ["k.agekey"] = other.ToSecretText() }.ToJsonString(), """{"labels":{"secretsops.io/decryption-key":"active"}}""");

        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "b");
    }

    [Fact]
    public async Task A_keys_secret_of_the_objects_own_namespace_opens_it_alone()
    {
        var tenant = X25519Identity.Generate();
        await _cluster.CreateSecretAsync(_namespace, "tenant-keys", new JsonObject { ["k.agekey"] = tenant.ToSecretText() }.ToJsonString());
        await ApplyAsync(await EncryptAsync("db", "- name: one\n  stringData: {a: b}\n", "", tenant, "secretsops.io/decryption-secret: tenant-keys"));
        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "b");

        await ApplyAsync(await EncryptAsync("shared", "- name: two\n  stringData: {a: b}\n", "", _identity, "secretsops.io/decryption-secret: tenant-keys"));
        await MessageBecomesAsync("shared", "Decryption error");
    }

    [Fact]
    public async Task A_template_without_a_name_and_data_that_is_no_base64_are_explained()
    {
        await ApplyAsync("nameless", "- stringData: {a: b}\n");
        await ApplyAsync("plain", "- name: one\n  data: {a: 'not base64!'}\n");

        Assert.Contains("no 'name'", (await MessageBecomesAsync("nameless", "New child secret creation error")).Json["status"]!["detail"]!.ToString(), StringComparison.Ordinal);
        var refused = await MessageBecomesAsync("plain", "New child secret creation error");
        Assert.Contains("'data.a' is not base64", refused.Json["status"]!["detail"]!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("not base64!", refused.Json["status"]!["detail"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_of_namespaces_that_are_not_watched_are_left_alone()
    {
        var elsewhere = await _cluster.CreateNamespaceAsync("elsewhere");
        var encrypted = (await EncryptAsync("db", "- name: one\n  stringData: {a: b}\n", "")).Replace($"namespace: {_namespace}", $"namespace: {elsewhere}", StringComparison.Ordinal);
        await ApplyAsync(encrypted);

        await ApplyAsync("db", "- name: one\n  stringData: {a: b}\n");
        await _cluster.SecretBecomesAsync(_namespace, "one", "a", "b");

        Assert.Null(await _cluster.SecretAsync(elsewhere, "one"));
    }

    internal static ControllerOptions Options(IReadOnlyList<string> namespaces) => RunningController.Options() with
    {
        IsSealingOn = false,
        IsSopsSecretsOn = true,
        Decryption = new DecryptionOptions { WatchedNamespaces = namespaces },
    };

    private async Task<KubernetesObject> ApplyAsync(string name, string templates, string spec = "") => await ApplyAsync(await EncryptAsync(name, templates, spec));

    private async Task<KubernetesObject> ApplyAsync(string yaml)
    {
        var @object = Assert.Single(ManifestReader.Read(Encoding.UTF8.GetBytes(yaml), "test"));
        return await _cluster.Client.ApplyAsync(ApiResource.SopsSecrets, @object, new ApplyOptions { FieldManager = "user", Force = true }, CancellationToken.None);
    }

    // As users of the operator do it: sops encrypt --encrypted-suffix Templates.
    private async Task<string> EncryptAsync(string name, string templates, string spec, X25519Identity? identity = null, string annotation = "")
    {
        using var directory = new TemporaryDirectory();
        var list = string.Concat(templates.TrimEnd().Split('\n').Select(line => $"    {line}\n"));
        var annotations = annotation.Length > 0 ? $"  annotations:\n    {annotation}\n" : "";
        directory.Write("s.yaml", $"apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nmetadata:\n  name: {name}\n  namespace: {_namespace}\n{annotations}spec:\n{(spec.Length > 0 ? $"  {spec}\n" : "")}  secretTemplates:\n{list}");
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var environment = new CliEnvironment { Input = Stream.Null, Output = output, Error = error, Variables = new Dictionary<string, string>(), CurrentDirectory = directory.Path };
        var exitCode = await Cli.Program.RunAsync("sops", ["encrypt", "--age", (identity ?? _identity).Recipient.ToString(), "--encrypted-suffix", "Templates", "s.yaml"], environment, CancellationToken.None);
        Assert.Equal((0, ""), (exitCode, Encoding.UTF8.GetString(error.ToArray())));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private Task<KubernetesObject> MessageBecomesAsync(string name, string message) => Eventually.NotNullAsync(
        async () => await _cluster.Client.TryGetAsync(ApiResource.SopsSecrets, _namespace, name, CancellationToken.None) is { } found && found.Json["status"]?["message"]?.ToString() == message ? found : null,
        $"SopsSecret {name} says '{message}'");
}
