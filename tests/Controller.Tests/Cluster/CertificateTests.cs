using SecretsOps.Kubernetes.Client;
using SecretsOps.SealedSecrets;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Cluster;

[Collection(BareCollection.Name)]
public sealed class CertificateTests(BareFixture fixture)
{
    private readonly TestCluster _cluster = fixture.Cluster;

    [Fact]
    public async Task A_certificate_that_ends_soon_is_warned_of_in_status_metrics_and_log_until_there_is_a_newer_one()
    {
        var (ownNamespace, watched) = (await fixture.CreateKeyNamespaceAsync("rsa2048"), await _cluster.CreateNamespaceAsync());
        await AddKeyAsync(ownNamespace, TimeSpan.FromDays(5), DateTimeOffset.UtcNow);
        var options = RunningController.Options(watched);
        options = options with { Reconcile = options.Reconcile with { ResyncPeriod = TimeSpan.FromMilliseconds(200) } };
        await using var controller = await RunningController.StartAsync(_cluster, ownNamespace, options);
        await _cluster.CreateAsync(ApiResource.SealedSecrets, VectorKeys.Seal("rsa2048", watched, "db", """{"a":"1"}"""));

        var warned = await _cluster.SyncedBecomesAsync(watched, "db", "True");
        var operations = controller.Host.Metrics.PrivateOperations;
        var condition = warned.Condition("CertificateExpiring")!;
        Assert.Equal(("True", "ActiveCertificateExpires"), (condition["status"]!.ToString(), condition["reason"]!.ToString()));
        Assert.Contains(DateTimeOffset.UtcNow.AddDays(5).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture), condition["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("Synced", warned.Json["status"]!["conditions"]![0]!["type"]!.ToString());
        Assert.Contains("expires soon", controller.Log, StringComparison.Ordinal);
        Assert.Matches($"certificate_expiry_timestamp_seconds\\{{fingerprint=\"{System.Text.RegularExpressions.Regex.Escape(controller.Host.Keys.Ring.Active!.Fingerprint)}\"\\}} [0-9.e+]+\n", controller.Metrics());

        await AddKeyAsync(ownNamespace, TimeSpan.FromDays(3650), DateTimeOffset.UtcNow.AddMinutes(1));

        await Eventually.TrueAsync(async () => (await _cluster.SealedAsync(watched, "db"))!.Condition("CertificateExpiring") is null, "the warning is gone");
        Assert.Equal(operations, controller.Host.Metrics.PrivateOperations);
    }

    private async Task AddKeyAsync(string ownNamespace, TimeSpan validity, DateTimeOffset from)
    {
        using var generated = GeneratedSealingKey.Create(new SealingKeyRequest { KeySize = 2048, Validity = validity }, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(from));
        await _cluster.CreateAsync(ApiResource.Secrets, SealingKeySecret.Create(ownNamespace, "sealed-secrets-key", generated.CertificatePem.Span, generated.PrivateKeyPem.Span));
    }
}
