using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

using SecretsOps.Controller.Keys;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Cluster;

[Collection(BareCollection.Name)]
public sealed class KeyTests(BareFixture fixture)
{
    private readonly TestCluster _cluster = fixture.Cluster;

    [Fact]
    public async Task KEY_1_KEY_2_KEY_3_KEY_4_KEY_20_the_first_key_is_made_as_upstream_makes_it_and_kept()
    {
        var ownNamespace = await _cluster.CreateNamespaceAsync("controller");
        var options = RunningController.Options();
        options = options with
        {
            Keys = options.Keys with
            {
                Labels = new Dictionary<string, string> { ["team"] = "x", [SealingKeySecret.Label] = "stolen" },
                Annotations = new Dictionary<string, string> { ["note"] = "y" },
            },
        };
        await using (await RunningController.StartAsync(_cluster, ownNamespace, options))
        {
        }

        var secret = Assert.Single(await KeysAsync(ownNamespace));
        Assert.Equal("kubernetes.io/tls", secret.Json["type"]!.ToString());
        Assert.Equal(("active", "x", "y"), (secret.Label(SealingKeySecret.Label), secret.Label("team"), secret.Annotation("note")));
        Assert.Matches("^sealed-secrets-key[a-z0-9]{5}$", secret.Name);
        Assert.Equal("sealed-secrets-key", secret.Metadata["generateName"]!.ToString());
        Assert.StartsWith("-----BEGIN RSA PRIVATE KEY-----", secret.Text("tls.key"), StringComparison.Ordinal);
        AssertCertificate(secret.Text("tls.crt")!);

        await using (await RunningController.StartAsync(_cluster, ownNamespace, options))
        {
        }

        Assert.Equal(secret.Uid, Assert.Single(await KeysAsync(ownNamespace)).Uid);
    }

    [Fact]
    public async Task KEY_5_KEY_6_the_unlabelled_key_of_old_and_a_PKCS8_key_are_used()
    {
        var ownNamespace = await _cluster.CreateNamespaceAsync("controller");
        var legacy = VectorKeys.Secret("rsa2048");
        legacy.Namespace = ownNamespace;
        legacy.Name = "sealed-secrets-key";
        legacy.SetLabel(SealingKeySecret.Label, null);
        legacy.Metadata.Remove("creationTimestamp");
        using var rsa = RSA.Create();
        rsa.ImportFromPem(legacy.Text("tls.key"));
        legacy.Json["data"]!["tls.key"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem()));
        await _cluster.CreateAsync(ApiResource.Secrets, legacy);

        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options());

        Assert.Equal("sealed-secrets-key", Assert.Single(controller.Host.Keys.Ring.NewestFirst).Source.Name);
    }

    [Fact]
    public async Task KEY_7_KEY_8_malformed_keys_are_logged_skipped_and_survived()
    {
        var ownNamespace = await fixture.CreateKeyNamespaceAsync("rsa2048");
        await CreateBrokenKeyAsync(ownNamespace, "empty", """{}""");
        await CreateBrokenKeyAsync(ownNamespace, "garbage", """{"tls.crt":"no certificate","tls.key":"no key"}""");
        await CreateBrokenKeyAsync(ownNamespace, "elliptic", EllipticKey());

        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options());

        Assert.Single(controller.Host.Keys.Ring.NewestFirst);
        Assert.Equal(3, controller.Host.Keys.UnusableCount);
        Assert.Contains("level=ERROR", controller.Log, StringComparison.Ordinal);
        await Eventually.TrueAsync( // published by a worker of its own
            () => Task.FromResult(controller.Metrics().Contains("sealed_secrets_controller_sealing_keys_malformed 3\n", StringComparison.Ordinal)), "the metric tells them");
    }

    [Fact]
    public async Task KEY_9_KEY_10_KEY_11_the_order_decides_which_certificate_is_served()
    {
        var ownNamespace = await fixture.CreateKeyNamespaceAsync("new");
        await Task.Delay(TimeSpan.FromSeconds(1.1)); // creation times have whole seconds
        await fixture.CreateKeyAsync(ownNamespace, "old");
        var options = RunningController.Options();

        Assert.Equal("sealed-secrets-keynew", await ActiveAsync("CertNotBefore"));
        Assert.Equal("sealed-secrets-keyold", await ActiveAsync("SecretCreationTimestamp"));
        Assert.Equal("sealed-secrets-keynew", await ActiveAsync("nonsense"));

        async Task<string> ActiveAsync(string order)
        {
            await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, options with { Keys = options.Keys with { OrderPriority = order } });
            return controller.Host.Keys.Ring.Active!.Source.Name;
        }
    }

    [Fact]
    public async Task KEY_12_KEY_14_KEY_16_KEY_17_renewal_by_age_by_cutoff_and_on_demand_keeps_the_old_keys()
    {
        var ownNamespace = await fixture.CreateKeyNamespaceAsync("old");
        var options = RunningController.Options();

        // By cutoff: the recorded key is older than now.
        await using (var controller = await RunningController.StartAsync(_cluster, ownNamespace, options with { Keys = options.Keys with { CutoffTime = DateTimeOffset.UtcNow } }))
        {
            await Eventually.TrueAsync(() => Task.FromResult(controller.Host.Keys.Ring.NewestFirst.Count == 2), "a second key by cutoff");

            // On demand.
            controller.Host.Renewal.Ask();
            await Eventually.TrueAsync(() => Task.FromResult(controller.Host.Keys.Ring.NewestFirst.Count == 3), "a third key on demand");
        }

        // By age: the newest is older than a millisecond, and stays so; one new key per start and period.
        await using (var controller = await RunningController.StartAsync(_cluster, ownNamespace, options with { Keys = options.Keys with { RenewPeriod = TimeSpan.FromSeconds(1) } }))
        {
            await Eventually.TrueAsync(() => Task.FromResult(controller.Host.Keys.Ring.NewestFirst.Count >= 4), "a further key by age", TimeSpan.FromMinutes(2));
            Assert.NotNull(controller.Host.Keys.Ring.NewestFirst.Single(key => key.Source.Name == "sealed-secrets-keyold"));
        }
    }

    [Fact]
    public async Task KEY_12_a_key_of_the_same_second_as_the_newest_does_not_keep_the_next_one_from_being_made()
    {
        var ownNamespace = await _cluster.CreateNamespaceAsync("controller");
        var cluster = (await _cluster.Client.GetAsync(ApiResource.Namespaces, "", ownNamespace, CancellationToken.None)).Uid;
        var (one, other) = (Twin(ownNamespace), Twin(ownNamespace));
        one.Name = SealingKeyName.For("sealed-secrets-key", cluster, FingerprintOf(other), 0);
        other.Name = SealingKeyName.For("sealed-secrets-key", cluster, FingerprintOf(one), 0);
        await _cluster.CreateAsync(ApiResource.Secrets, one);
        await _cluster.CreateAsync(ApiResource.Secrets, other);

        var options = RunningController.Options();
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, options with { Keys = options.Keys with { RenewPeriod = TimeSpan.FromHours(1) } });

        await Eventually.TrueAsync(() => Task.FromResult(controller.Host.Keys.Ring.NewestFirst.Count == 3), "a key beside the twins");

        static string FingerprintOf(KubernetesObject secret) => SealingKey.FromSecret(secret).Fingerprint;
    }

    [Fact]
    public async Task KEY_18_KEY_19_keys_added_relabelled_and_deleted_take_effect_without_a_restart()
    {
        var ownNamespace = await fixture.CreateKeyNamespaceAsync("rsa2048");
        var watched = await _cluster.CreateNamespaceAsync();
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, RunningController.Options(watched));
        await _cluster.CreateAsync(ApiResource.SealedSecrets, VectorKeys.Seal("old", watched, "db", """{"a":"1"}"""));
        await _cluster.SyncedBecomesAsync(watched, "db", "False");

        await fixture.CreateKeyAsync(ownNamespace, "old");
        await _cluster.SecretBecomesAsync(watched, "db", "a", "1");

        await _cluster.MergeAsync(ApiResource.Secrets, ownNamespace, "sealed-secrets-keyold", $$$$"""{"metadata":{"labels":{"{{{{SealingKeySecret.Label}}}}":"compromised"}}}""");
        await Eventually.TrueAsync(() => Task.FromResult(controller.Host.Keys.Ring.NewestFirst.Count == 1), "the relabelled key is no longer used");
        await _cluster.CreateAsync(ApiResource.SealedSecrets, VectorKeys.Seal("old", watched, "later", """{"a":"1"}"""));
        await _cluster.SyncedBecomesAsync(watched, "later", "False");

        await _cluster.DeleteAsync(ApiResource.Secrets, ownNamespace, "sealed-secrets-keyrsa2048");
        await Eventually.TrueAsync(() => Task.FromResult(controller.Host.Keys.Ring.NewestFirst.Count == 0), "the deleted key is no longer used");
    }

    // A key that dates from two hours ago, to the second.
    private static KubernetesObject Twin(string @namespace)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(DateTime.UtcNow.Date, TimeSpan.Zero).AddHours(-2));
        using var generated = GeneratedSealingKey.Create(new SealingKeyRequest { KeySize = 2048 }, time);
        var secret = SealingKeySecret.Create(@namespace, "sealed-secrets-key", generated.CertificatePem.Span, generated.PrivateKeyPem.Span);
        secret.Name = "twin";
        return secret;
    }

    private static void AssertCertificate(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().Single();
        var constraints = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.Equal("", certificate.Subject);
        Assert.Equal("", certificate.Issuer);
        Assert.Equal(X509KeyUsageFlags.EncipherOnly, usage.KeyUsages);
        Assert.True(constraints.CertificateAuthority);
        Assert.Equal(3650, (certificate.NotAfter - certificate.NotBefore).TotalDays, 1);
        Assert.Equal("sha256RSA", certificate.SignatureAlgorithm.FriendlyName);
    }

    private static string EllipticKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ec", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddYears(1));
        return new System.Text.Json.Nodes.JsonObject { ["tls.crt"] = certificate.ExportCertificatePem(), ["tls.key"] = key.ExportECPrivateKeyPem() }.ToJsonString();
    }

    private Task<KubernetesObject> CreateBrokenKeyAsync(string ownNamespace, string name, string data) =>
        _cluster.CreateSecretAsync(ownNamespace, name, data, $$$$"""{"labels":{"{{{{SealingKeySecret.Label}}}}":"active"}}""");

    private async Task<IReadOnlyList<KubernetesObject>> KeysAsync(string ownNamespace) =>
        (await _cluster.Client.ListAsync(ApiResource.Secrets, ownNamespace, new ListOptions { LabelSelector = $"{SealingKeySecret.Label}=active" }, CancellationToken.None)).Items;
}
