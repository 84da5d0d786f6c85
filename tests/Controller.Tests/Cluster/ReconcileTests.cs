using System.Text.Json.Nodes;

using SecretsOps.Controller.Reconcilers;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Cluster;

[Collection(ControllerCollection.Name)]
public sealed class ReconcileTests(ControllerFixture fixture) : IAsyncLifetime
{
    private readonly TestCluster _cluster = fixture.Cluster;
    private string _namespace = "";

    public async Task InitializeAsync() => _namespace = await _cluster.CreateNamespaceAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task REC_1_REC_2_ST_1_a_SealedSecret_becomes_a_Secret_with_one_owner()
    {
        await SealAsync("db", """{"password":"hunter2"}""", """{"labels":{"app":"shop"}}""");

        var sealedSecret = await _cluster.SyncedBecomesAsync(_namespace, "db", "True");
        var secret = await _cluster.SecretAsync(_namespace, "db");
        var owner = Assert.Single((JsonArray)secret!.Metadata["ownerReferences"]!)!;
        Assert.Equal("hunter2", secret.Text("password"));
        Assert.Equal("shop", secret.Label("app"));
        Assert.Equal(
            ("bitnami.com/v1alpha1", "SealedSecret", "db", sealedSecret.Uid, true),
            (owner["apiVersion"]!.ToString(), owner["kind"]!.ToString(), owner["name"]!.ToString(), owner["uid"]!.ToString(), owner["controller"]!.GetValue<bool>()));
        Assert.Null(owner["blockOwnerDeletion"]);
        Assert.Null(sealedSecret.Condition("Synced")!["message"]);
        Assert.Equal(1, sealedSecret.Json["status"]!["observedGeneration"]!.GetValue<int>());
        Assert.Equal("Unsealed", sealedSecret.Condition("Ready")!["reason"]!.ToString());
    }

    [Fact]
    public async Task ST_3_ST_4_ST_7_times_and_order_of_conditions()
    {
        await SealAsync("db", """{"a":"1"}""");
        var first = (await _cluster.SyncedBecomesAsync(_namespace, "db", "True")).Condition("Synced")!;

        await ResealAsync("db", """{"a":"2"}""");
        await _cluster.SecretBecomesAsync(_namespace, "db", "a", "2");
        var second = await _cluster.SyncedBecomesAsync(_namespace, "db", "True");

        Assert.Equal(first["lastUpdateTime"]!.ToString(), first["lastTransitionTime"]!.ToString());
        Assert.Equal(first["lastTransitionTime"]!.ToString(), second.Condition("Synced")!["lastTransitionTime"]!.ToString());
        Assert.Equal("Synced", second.Json["status"]!["conditions"]![0]!["type"]!.ToString());
    }

    [Fact]
    public async Task REC_3_REC_4_type_and_immutable_are_copied_and_the_templates_name_is_not()
    {
        var sealedSecret = VectorKeys.Seal("rsa2048", _namespace, "typed", """{"username":"u","password":"p"}""");
        sealedSecret.Json["spec"]!["template"]!["type"] = "kubernetes.io/basic-auth";
        sealedSecret.Json["spec"]!["template"]!["immutable"] = true;
        sealedSecret.Json["spec"]!["template"]!["metadata"]!["name"] = "other";
        sealedSecret.Json["spec"]!["template"]!["metadata"]!["namespace"] = "elsewhere";

        await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);
        await _cluster.SyncedBecomesAsync(_namespace, "typed", "True");

        var secret = (await _cluster.SecretAsync(_namespace, "typed"))!;
        Assert.Equal("kubernetes.io/basic-auth", secret.Json["type"]!.ToString());
        Assert.True(secret.Json["immutable"]!.GetValue<bool>());
    }

    [Fact]
    public async Task REC_5_an_update_replaces_the_Secret_and_removed_items_vanish()
    {
        await SealAsync("db", """{"old":"1","kept":"2"}""");
        await _cluster.SecretBecomesAsync(_namespace, "db", "old", "1");

        await ResealAsync("db", """{"kept":"3","new":"4"}""");

        await _cluster.SecretBecomesAsync(_namespace, "db", "new", "4");
        var secret = (await _cluster.SecretAsync(_namespace, "db"))!;
        Assert.Equal(["kept", "new"], ((JsonObject)secret.Json["data"]!).Select(entry => entry.Key).Order());
    }

    [Fact]
    public async Task REC_7_an_unmanaged_Secret_is_left_alone_and_said_so_and_REC_25_its_removal_is_noticed()
    {
        await _cluster.CreateSecretAsync(_namespace, "db", """{"mine":"1"}""");
        await SealAsync("db", """{"password":"p"}""");

        var refused = await _cluster.SyncedBecomesAsync(_namespace, "db", "False");
        Assert.Equal("failed update: Resource \"db\" already exists and is not managed by SealedSecret", refused.Condition("Synced")!["message"]!.ToString());
        Assert.Equal("SecretNotManaged", refused.Condition("Ready")!["reason"]!.ToString());
        Assert.Equal("1", (await _cluster.SecretAsync(_namespace, "db")).Text("mine"));
        await EventAppearsAsync("ErrUpdateFailed", "Resource \"db\" already exists and is not managed by SealedSecret");

        await _cluster.DeleteAsync(ApiResource.Secrets, _namespace, "db");
        await _cluster.SecretBecomesAsync(_namespace, "db", "password", "p");
        await _cluster.SyncedBecomesAsync(_namespace, "db", "True");
    }

    [Fact]
    public async Task REC_8_a_blocking_Secret_that_becomes_managed_is_taken_over()
    {
        await _cluster.CreateSecretAsync(_namespace, "db", """{"mine":"1"}""");
        await SealAsync("db", """{"password":"p"}""");
        await _cluster.SyncedBecomesAsync(_namespace, "db", "False");

        await _cluster.MergeAsync(ApiResource.Secrets, _namespace, "db", """{"metadata":{"annotations":{"sealedsecrets.bitnami.com/managed":"true"}}}""");

        await _cluster.SecretBecomesAsync(_namespace, "db", "password", "p");
        var secret = (await _cluster.SecretAsync(_namespace, "db"))!;
        Assert.Null(secret.Text("mine"));
        Assert.Null(secret.Annotation(SealedSecretNames.Managed));
        Assert.NotNull(SecretOwner.ControllerOf(secret));
    }

    [Fact]
    public async Task REC_9_REC_15_patch_merges_and_a_deleted_SealedSecret_leaves_the_Secret()
    {
        await _cluster.CreateSecretAsync(_namespace, "db", """{"mine":"1"}""", """{"annotations":{"sealedsecrets.bitnami.com/patch":"true"}}""");
        await SealAsync("db", """{"password":"p"}""");
        await _cluster.SecretBecomesAsync(_namespace, "db", "password", "p");

        await _cluster.DeleteAsync(ApiResource.SealedSecrets, _namespace, "db");
        await SealAsync("marker", """{"x":"y"}""");
        await _cluster.SecretBecomesAsync(_namespace, "marker", "x", "y");

        var secret = (await _cluster.SecretAsync(_namespace, "db"))!;
        Assert.Equal(("1", "p"), (secret.Text("mine"), secret.Text("password")));
        Assert.Null(SecretOwner.ControllerOf(secret));
    }

    [Fact]
    public async Task REC_12_REC_13_without_an_owner_reference_the_object_is_still_synced_and_updated()
    {
        var annotations = """{"annotations":{"sealedsecrets.bitnami.com/skip-set-owner-references":"true"}}""";
        await SealAsync("db", """{"a":"1"}""", annotations);
        await _cluster.SyncedBecomesAsync(_namespace, "db", "True");

        await ResealAsync("db", """{"a":"2"}""", annotations);

        await _cluster.SecretBecomesAsync(_namespace, "db", "a", "2");
        Assert.Null((await _cluster.SecretAsync(_namespace, "db"))!.Metadata["ownerReferences"]);
    }

    [Fact]
    public async Task REC_14_MET_2_deleting_the_SealedSecret_collects_the_Secret_and_the_metric()
    {
        await SealAsync("db", """{"a":"1"}""");
        await _cluster.SecretBecomesAsync(_namespace, "db", "a", "1");
        await Eventually.TrueAsync(() => Task.FromResult(Series().Length == 1), "the condition is published");

        await _cluster.DeleteAsync(ApiResource.SealedSecrets, _namespace, "db");

        await Eventually.TrueAsync(async () => await _cluster.SecretAsync(_namespace, "db") is null, "the Secret is collected");
        await Eventually.TrueAsync(() => Task.FromResult(Series().Length == 0), "the condition is forgotten");

        string[] Series() => [.. fixture.Controller.Metrics().Split('\n').Where(line => line.Contains($"condition_info{{namespace=\"{_namespace}\",name=\"db\"", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task REC_16_an_owned_Secret_deleted_by_hand_comes_back()
    {
        await SealAsync("db", """{"a":"1"}""");
        await _cluster.SyncedBecomesAsync(_namespace, "db", "True");

        await _cluster.DeleteAsync(ApiResource.Secrets, _namespace, "db");

        await _cluster.SecretBecomesAsync(_namespace, "db", "a", "1");
    }

    [Fact]
    public async Task REC_18_a_patched_Secret_of_other_people_does_not_come_back()
    {
        await _cluster.CreateSecretAsync(_namespace, "db", """{"mine":"1"}""", """{"annotations":{"sealedsecrets.bitnami.com/patch":"true"}}""");
        await SealAsync("db", """{"password":"p"}""");
        await _cluster.SyncedBecomesAsync(_namespace, "db", "True");

        await _cluster.DeleteAsync(ApiResource.Secrets, _namespace, "db");
        await SealAsync("marker", """{"x":"y"}""");
        await _cluster.SecretBecomesAsync(_namespace, "marker", "x", "y");

        Assert.Null(await _cluster.SecretAsync(_namespace, "db"));
    }

    [Fact]
    public async Task REC_20_REC_21_ST_2_ST_5_one_item_that_does_not_open_stops_all_and_a_correction_recovers()
    {
        var sealedSecret = VectorKeys.Seal("rsa2048", _namespace, "db", """{"good":"1","bad":"2"}""");
        var right = sealedSecret.Json["spec"]!["encryptedData"]!["bad"]!.ToString();
        var wrong = Convert.FromBase64String(right);
        wrong[^1] ^= 1;
        sealedSecret.Json["spec"]!["encryptedData"]!["bad"] = Convert.ToBase64String(wrong);
        await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);

        var failed = await _cluster.SyncedBecomesAsync(_namespace, "db", "False");
        Assert.Equal("no key could decrypt secret (bad)", failed.Condition("Synced")!["message"]!.ToString());
        Assert.Contains("'bad'", failed.Condition("Ready")!["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Null(await _cluster.SecretAsync(_namespace, "db"));
        await EventAppearsAsync("ErrUnsealFailed", "Failed to unseal: no key could decrypt secret (bad)");

        await _cluster.MergeAsync(ApiResource.SealedSecrets, _namespace, "db", $$$$"""{"spec":{"encryptedData":{"bad":"{{{{right}}}}"}}}""");
        await _cluster.SecretBecomesAsync(_namespace, "db", "bad", "2");
        await _cluster.SyncedBecomesAsync(_namespace, "db", "True");
    }

    [Fact]
    public async Task REC_22_an_immutable_Secret_is_reported_in_upstreams_words()
    {
        var sealedSecret = VectorKeys.Seal("rsa2048", _namespace, "frozen", """{"a":"1"}""");
        sealedSecret.Json["spec"]!["template"]!["immutable"] = true;
        await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);
        await _cluster.SyncedBecomesAsync(_namespace, "frozen", "True");

        await ResealAsync("frozen", """{"a":"2"}""");

        var failed = await _cluster.SyncedBecomesAsync(_namespace, "frozen", "False");
        Assert.Contains("the target Secret is immutable", failed.Condition("Synced")!["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(failed.Generation, failed.Json["status"]!["observedGeneration"]!.GetValue<long>());
        Assert.Equal("1", (await _cluster.SecretAsync(_namespace, "frozen")).Text("a"));
    }

    [Fact]
    public async Task REC_23_a_status_or_label_edit_writes_no_Secret_and_a_scope_edit_is_noticed()
    {
        await SealAsync("db", """{"a":"1"}""");
        await _cluster.SyncedBecomesAsync(_namespace, "db", "True");
        var before = (await _cluster.SecretAsync(_namespace, "db"))!.ResourceVersion;

        await _cluster.MergeAsync(ApiResource.SealedSecrets, _namespace, "db", """{"metadata":{"labels":{"touched":"yes"}}}""");
        await SealAsync("marker", """{"x":"y"}""");
        await _cluster.SecretBecomesAsync(_namespace, "marker", "x", "y");
        Assert.Equal(before, (await _cluster.SecretAsync(_namespace, "db"))!.ResourceVersion);

        await _cluster.MergeAsync(ApiResource.SealedSecrets, _namespace, "db", """{"metadata":{"annotations":{"sealedsecrets.bitnami.com/cluster-wide":"true"}}}""");
        await _cluster.SyncedBecomesAsync(_namespace, "db", "False");
    }

    [Fact]
    public async Task REC_24_the_event_of_success_names_its_source()
    {
        await SealAsync("db", """{"a":"1"}""");

        var @event = await EventAppearsAsync("Unsealed", "SealedSecret unsealed successfully");

        Assert.Equal(("Normal", "sealed-secrets"), (@event.Json["type"]!.ToString(), @event.Json["source"]!["component"]!.ToString()));
    }

    [Fact]
    public async Task REC_26_a_SealedSecret_replaced_in_one_breath_ends_with_its_Secret()
    {
        await SealAsync("db", """{"a":"1"}""");
        await _cluster.SecretBecomesAsync(_namespace, "db", "a", "1");

        await _cluster.DeleteAsync(ApiResource.SealedSecrets, _namespace, "db");
        var replaced = await SealAsync("db", """{"a":"2"}""");

        await _cluster.SyncedBecomesAsync(_namespace, "db", "True");
        await _cluster.SecretBecomesAsync(_namespace, "db", "a", "2");
        await Eventually.TrueAsync(
            async () => SecretOwner.Text(SecretOwner.ControllerOf((await _cluster.SecretAsync(_namespace, "db"))!), "uid") == replaced.Uid,
            "the Secret belongs to the new SealedSecret");
    }

    [Fact]
    public async Task WF_9_both_scope_annotations_mean_cluster_wide()
    {
        var sealedSecret = VectorKeys.Seal("rsa2048", _namespace, "db", """{"a":"1"}""", scope: SealingScope.ClusterWide);
        sealedSecret.SetAnnotation(SealedSecretAnnotations.NamespaceWide, "true");

        await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);

        await _cluster.SecretBecomesAsync(_namespace, "db", "a", "1");
    }

    [Fact]
    public async Task WF_10_a_scope_annotation_of_another_text_means_strict()
    {
        var sealedSecret = VectorKeys.Seal("rsa2048", _namespace, "db", """{"a":"1"}""");
        sealedSecret.SetAnnotation(SealedSecretAnnotations.ClusterWide, "True");

        await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);

        await _cluster.SecretBecomesAsync(_namespace, "db", "a", "1");
    }

    [Fact]
    public async Task WF_13_WF_17_WF_21_items_may_be_renamed_and_sealed_with_different_keys()
    {
        var one = VectorKeys.Seal("rsa2048", _namespace, "db", """{"a":"1"}""");
        var other = VectorKeys.Seal("old", _namespace, "db", """{"b":"2"}""");
        one.Json["spec"]!["encryptedData"]!["renamed"] = other.Json["spec"]!["encryptedData"]!["b"]!.DeepClone();

        await _cluster.CreateAsync(ApiResource.SealedSecrets, one);

        await _cluster.SecretBecomesAsync(_namespace, "db", "renamed", "2");
        var status = (await _cluster.SyncedBecomesAsync(_namespace, "db", "True")).Json["status"]!;
        Assert.Equal(2, ((JsonArray)status["sealedWith"]!).Count);
    }

    [Fact]
    public async Task WF_16_bad_base64_is_named_and_WF_20_two_forms_at_once_are_refused()
    {
        var bad = VectorKeys.Seal("rsa2048", _namespace, "bad", """{"a":"1"}""");
        bad.Json["spec"]!["encryptedData"]!["a"] = "!!";
        var both = VectorKeys.Seal("rsa2048", _namespace, "both", """{"a":"1"}""");
        both.Json["spec"]!["data"] = "AAAA";

        await _cluster.CreateAsync(ApiResource.SealedSecrets, bad);
        await _cluster.CreateAsync(ApiResource.SealedSecrets, both);

        Assert.Equal("illegal base64 data at input byte 0 (a)", (await _cluster.SyncedBecomesAsync(_namespace, "bad", "False")).Condition("Synced")!["message"]!.ToString());
        Assert.Equal("cannot use the field 'encryptedData' and the deprecated field 'data' at the same time", (await _cluster.SyncedBecomesAsync(_namespace, "both", "False")).Condition("Synced")!["message"]!.ToString());
    }

    private async Task<KubernetesObject> SealAsync(string name, string data, string metadata = "{}") =>
        await _cluster.CreateAsync(ApiResource.SealedSecrets, VectorKeys.Seal("rsa2048", _namespace, name, data, metadata));

    private async Task ResealAsync(string name, string data, string metadata = "{}")
    {
        var fresh = VectorKeys.Seal("rsa2048", _namespace, name, data, metadata);
        await Eventually.PassesAsync(async () =>
        {
            var current = (await _cluster.SealedAsync(_namespace, name))!;
            current.Json["spec"] = fresh.Json["spec"]!.DeepClone();
            await _cluster.Client.UpdateAsync(ApiResource.SealedSecrets, current, WriteOptions.Default, CancellationToken.None);
        });
    }

    private Task<KubernetesObject> EventAppearsAsync(string reason, string message) => Eventually.NotNullAsync(
        async () => (await _cluster.Client.ListAsync(ApiResource.Events, _namespace, ListOptions.All, CancellationToken.None)).Items
            .FirstOrDefault(@event => @event.Json["reason"]?.ToString() == reason && @event.Json["message"]?.ToString() == message),
        $"an event {reason}: {message}");
}
