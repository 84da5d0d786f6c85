using System.Text.Json.Nodes;

using SecretsOps.Controller.Options;
using SecretsOps.Controller.Reconcilers;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Cluster;

[Collection(BareCollection.Name)]
public sealed class OptionTests(BareFixture fixture)
{
    private readonly TestCluster _cluster = fixture.Cluster;

    [Fact]
    public async Task PERF_1_after_a_restart_nothing_changed_costs_no_private_operation_and_no_write()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        await using (await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options(watched)))
        {
            await SealAsync(watched, "db", """{"a":"1","b":"2"}""");
            await _cluster.SyncedBecomesAsync(watched, "db", "True");
        }

        var before = (await _cluster.SecretAsync(watched, "db"))!.ResourceVersion;
        await using var second = await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options(watched));
        await Eventually.TrueAsync(() => Task.FromResult(second.Host.Metrics.Skipped >= 1), "the unchanged object was looked at");

        Assert.Equal(0, second.Host.Metrics.PrivateOperations);
        Assert.Equal(before, (await _cluster.SecretAsync(watched, "db"))!.ResourceVersion);
    }

    [Fact]
    public async Task PERF_2_of_other_peoples_Secrets_only_name_and_version_are_kept()
    {
        var watched = await _cluster.CreateNamespaceAsync();
        var labels = string.Join(',', Enumerable.Range(0, 20).Select(number => $"\"label-{number}\":\"{new string('x', 60)}\""));
        await _cluster.CreateSecretAsync(watched, "foreign", $$"""{"large":"{{new string('y', 100_000)}}"}""", $$$"""{"labels":{{{{labels}}}},"annotations":{"note":"{{{new string('z', 10_000)}}}"}}""");
        using var stop = new CancellationTokenSource();
        var secrets = new LiveSecrets(_cluster.Client, [watched], new ReconcileOptions()).Informers!;
        var running = secrets.RunAsync(stop.Token);

        await secrets.WaitForSyncAsync(CancellationToken.None);
        var kept = secrets.TryGet(new NamespacedName(watched, "foreign"))!;

        Assert.InRange(kept.ToUtf8Json().Length, 1, 400);
        Assert.Equal("foreign", kept.Name);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task REC_6_after_a_restart_a_Secret_that_was_changed_or_deleted_meanwhile_is_put_right()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        await using (await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options(watched)))
        {
            await SealAsync(watched, "changed", """{"a":"1"}""");
            await SealAsync(watched, "deleted", """{"a":"1"}""");
            await _cluster.SyncedBecomesAsync(watched, "changed", "True");
            await _cluster.SyncedBecomesAsync(watched, "deleted", "True");
        }

        await _cluster.MergeAsync(ApiResource.Secrets, watched, "changed", """{"data":{"a":"eA=="}}""");
        await _cluster.DeleteAsync(ApiResource.Secrets, watched, "deleted");

        await using (await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options(watched)))
        {
            await _cluster.SecretBecomesAsync(watched, "changed", "a", "1");
            await _cluster.SecretBecomesAsync(watched, "deleted", "a", "1");
        }
    }

    [Fact]
    public async Task Drift_is_repaired_when_asked_for()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        var options = RunningController.Options(watched);
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, options with { Reconcile = options.Reconcile with { RepairDrift = true } });
        await SealAsync(watched, "db", """{"a":"1"}""");
        await _cluster.SyncedBecomesAsync(watched, "db", "True");

        await _cluster.MergeAsync(ApiResource.Secrets, watched, "db", """{"data":{"a":"eA=="}}""");

        await _cluster.SecretBecomesAsync(watched, "db", "a", "1");
    }

    [Fact]
    public async Task REC_11_an_immutable_Secret_is_made_anew_when_asked_for()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        var options = RunningController.Options(watched);
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, options with { Reconcile = options.Reconcile with { ReplaceImmutable = true } });
        var sealedSecret = VectorKeys.Seal("rsa2048", watched, "frozen", """{"a":"1"}""");
        sealedSecret.Json["spec"]!["template"]!["immutable"] = true;
        await _cluster.CreateAsync(ApiResource.SealedSecrets, sealedSecret);
        await _cluster.SyncedBecomesAsync(watched, "frozen", "True");

        var value = VectorKeys.Seal("rsa2048", watched, "frozen", """{"a":"2"}""").Json["spec"]!["encryptedData"]!["a"]!.ToString();
        await _cluster.MergeAsync(ApiResource.SealedSecrets, watched, "frozen", $$$$"""{"spec":{"encryptedData":{"a":"{{{{value}}}}"}}}""");

        await _cluster.SecretBecomesAsync(watched, "frozen", "a", "2");
    }

    [Fact]
    public async Task REC_17_a_managed_Secret_without_owner_comes_back_and_is_owned()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options(watched));
        var annotations = """{"annotations":{"sealedsecrets.bitnami.com/managed":"true","sealedsecrets.bitnami.com/skip-set-owner-references":"true"}}""";
        await _cluster.CreateAsync(ApiResource.SealedSecrets, VectorKeys.Seal("rsa2048", watched, "db", """{"a":"1"}""", annotations));
        await _cluster.SyncedBecomesAsync(watched, "db", "True");

        await _cluster.DeleteAsync(ApiResource.Secrets, watched, "db");

        await _cluster.SecretBecomesAsync(watched, "db", "a", "1");
    }

    [Fact]
    public async Task REC_19_with_skip_recreate_a_deleted_Secret_stays_away()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        var options = RunningController.Options(watched);
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, options with { Reconcile = options.Reconcile with { SkipRecreate = true } });
        await SealAsync(watched, "db", """{"a":"1"}""");
        await _cluster.SyncedBecomesAsync(watched, "db", "True");

        await _cluster.DeleteAsync(ApiResource.Secrets, watched, "db");
        await SealAsync(watched, "marker", """{"a":"1"}""");
        await _cluster.SyncedBecomesAsync(watched, "marker", "True");

        Assert.Null(await _cluster.SecretAsync(watched, "db"));
    }

    [Fact]
    public async Task REC_27_old_gc_behaviour_deletes_the_Secret_itself()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        var options = RunningController.Options(watched);
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, options with { Reconcile = options.Reconcile with { OldGarbageCollection = true } });
        await SealAsync(watched, "db", """{"a":"1"}""");
        await _cluster.SyncedBecomesAsync(watched, "db", "True");

        await _cluster.Client.DeleteAsync(ApiResource.SealedSecrets, watched, "db", new DeleteOptions { PropagationPolicy = PropagationPolicy.Orphan }, CancellationToken.None);

        await Eventually.TrueAsync(async () => await _cluster.SecretAsync(watched, "db") is null, "the Secret is deleted");
    }

    [Fact]
    public async Task REC_28_objects_without_the_label_are_ignored()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        var options = RunningController.Options(watched);
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, options with { Reconcile = options.Reconcile with { LabelSelector = "team=a" } });
        await SealAsync(watched, "ignored", """{"a":"1"}""");
        var labelled = VectorKeys.Seal("rsa2048", watched, "labelled", """{"a":"1"}""");
        labelled.SetLabel("team", "a");
        await _cluster.CreateAsync(ApiResource.SealedSecrets, labelled);

        await _cluster.SyncedBecomesAsync(watched, "labelled", "True");

        Assert.DoesNotContain($"key={watched}/ignored", controller.Log, StringComparison.Ordinal);

        // Defect D16 is not copied: the Secret needs no label to be made anew.
        await _cluster.DeleteAsync(ApiResource.Secrets, watched, "labelled");
        await _cluster.SecretBecomesAsync(watched, "labelled", "a", "1");
    }

    [Fact]
    public async Task REC_29_REC_30_only_own_and_additional_namespaces_are_watched_and_a_missing_one_is_no_fault()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        var other = await _cluster.CreateNamespaceAsync();
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options(watched, "there-is-no-such-namespace"));
        await SealAsync(other, "ignored", """{"a":"1"}""");
        await SealAsync(watched, "listed", """{"a":"1"}""");
        await SealAsync(ownNamespace, "own", """{"a":"1"}""");

        await _cluster.SecretBecomesAsync(watched, "listed", "a", "1");
        await _cluster.SecretBecomesAsync(ownNamespace, "own", "a", "1");

        Assert.DoesNotContain($"key={other}/ignored", controller.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ST_6_MET_3_without_status_updates_the_status_stays_empty()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        var options = RunningController.Options(watched);
        options = options with { Reconcile = options.Reconcile with { UpdateStatus = false }, Http = options.Http with { OmitSecretLabels = true } };
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, options);
        await SealAsync(watched, "db", """{"a":"1"}""");

        await _cluster.SecretBecomesAsync(watched, "db", "a", "1");

        Assert.Null((await _cluster.SealedAsync(watched, "db"))!.Json["status"]?["conditions"]);
        Assert.DoesNotContain("condition_info", controller.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WF_19_legacy_data_is_opened_or_refused_in_upstreams_words()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        var (ownNamespace2, watched2) = await NamespacesAsync();
        var options = RunningController.Options(watched2);
        await using var accepting = await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options(watched));
        await using var refusing = await RunningController.StartAsync(_cluster, ownNamespace2, options with { Reconcile = options.Reconcile with { AcceptLegacyData = false } });

        await _cluster.CreateAsync(ApiResource.SealedSecrets, Legacy(watched));
        await _cluster.CreateAsync(ApiResource.SealedSecrets, Legacy(watched2));

        await _cluster.SecretBecomesAsync(watched, "old", "a", "1");
        var refused = await _cluster.SyncedBecomesAsync(watched2, "old", "False");
        Assert.Equal("using deprecated 'data' field, use 'encryptedData' or flip the feature flag", refused.Condition("Synced")!["message"]!.ToString());
    }

    [Fact]
    public async Task WF_18_an_item_copied_to_another_name_does_not_open()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options(watched));
        var copied = VectorKeys.Seal("rsa2048", watched, "original", """{"a":"1"}""");
        copied.Name = "copy";

        await _cluster.CreateAsync(ApiResource.SealedSecrets, copied);

        await _cluster.SyncedBecomesAsync(watched, "copy", "False");
        Assert.Null(await _cluster.SecretAsync(watched, "copy"));
    }

    [Fact]
    public async Task Keys_report_their_dependants_so_that_one_can_be_retired()
    {
        var (ownNamespace, watched) = await NamespacesAsync();
        await fixture.CreateKeyAsync(ownNamespace, "old");
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options(watched));
        await SealAsync(watched, "db", """{"a":"1"}""");
        await _cluster.SyncedBecomesAsync(watched, "db", "True");

        using var http = new HttpClient();
        var report = (JsonArray)JsonNode.Parse(await http.GetStringAsync(new Uri(controller.Host.Http.Metrics, "/keys")))!;

        Assert.Equal(1, report.Single(key => key!["secret"]!.ToString() == "sealed-secrets-keyrsa2048")!["dependants"]!.GetValue<int>());
        Assert.Equal(0, report.Single(key => key!["secret"]!.ToString() == "sealed-secrets-keyold")!["dependants"]!.GetValue<int>());
    }

    private static KubernetesObject Legacy(string @namespace)
    {
        var secret = $$$"""{"kind":"Secret","apiVersion":"v1","metadata":{"name":"old","namespace":"{{{@namespace}}}"},"data":{"a":"MQ=="}}""";
        var certificate = SealingCertificate.Parse(File.ReadAllBytes(VectorKeys.File("keys", "rsa2048.crt")));
        var blob = Sealer.SealValue(VectorKeys.Utf8(secret), certificate, EncryptionLabel.For(SealingScope.Strict, @namespace, "old"));
        var sealedSecret = new KubernetesObject(ApiResource.SealedSecrets.Gvk, @namespace, "old");
        sealedSecret.Json["spec"] = new JsonObject { ["encryptedData"] = new JsonObject(), ["data"] = blob };
        return sealedSecret;
    }

    private Task<KubernetesObject> SealAsync(string @namespace, string name, string data) =>
        _cluster.CreateAsync(ApiResource.SealedSecrets, VectorKeys.Seal("rsa2048", @namespace, name, data));

    private async Task<(string OwnNamespace, string Watched)> NamespacesAsync() =>
        (await fixture.CreateKeyNamespaceAsync("rsa2048"), await _cluster.CreateNamespaceAsync());
}
