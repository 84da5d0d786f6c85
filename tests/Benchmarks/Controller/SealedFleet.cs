using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Watching;
using SecretsOps.SealedSecrets;
using SecretsOps.Testing;

namespace SecretsOps.Benchmarks.Controller;

/// <summary>Many SealedSecrets in one namespace, and the keys that open them in another.</summary>
internal sealed class SealedFleet(TestCluster cluster, string ownNamespace, string watched)
{
    private const int Writers = 8;

    /// <summary>The namespace of the SealedSecrets.</summary>
    public string Watched => watched;

    /// <summary>Makes both namespaces.</summary>
    public static async Task<SealedFleet> CreateAsync(TestCluster cluster)
    {
        await cluster.InstallDefinitionsAsync().ConfigureAwait(false);
        return new SealedFleet(cluster, await cluster.CreateNamespaceAsync("controller").ConfigureAwait(false), await cluster.CreateNamespaceAsync("fleet").ConfigureAwait(false));
    }

    /// <summary>Starts the controller that has the keys.</summary>
    public ControllerProcess StartController() => ControllerProcess.Start(cluster.KubeconfigPath, ownNamespace);

    /// <summary>Makes a sealing key and returns its certificate.</summary>
    public async Task<SealingCertificate> AddKeyAsync(int bits)
    {
        using var generated = GeneratedSealingKey.Create(new SealingKeyRequest { KeySize = bits }, TimeProvider.System);
        var secret = SealingKeySecret.Create(ownNamespace, "sealed-secrets-key", generated.CertificatePem.Span, generated.PrivateKeyPem.Span);
        await cluster.Client.CreateAsync(ApiResource.Secrets, secret, WriteOptions.Default, CancellationToken.None).ConfigureAwait(false);
        return SealingCertificate.Parse(generated.CertificatePem.Span);
    }

    /// <summary>Creates SealedSecrets of some items each.</summary>
    public Task SealAsync(int count, int items, Func<int, SealingCertificate> certificateOf, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancellationToken }, async (number, token) =>
            await cluster.Client.CreateAsync(ApiResource.SealedSecrets, Seal(number, items, certificateOf(number)), WriteOptions.Default, token).ConfigureAwait(false));

    /// <summary>Waits until there are that many Secrets; a watch counts them, because listing them again and again would cost more than making them.</summary>
    public async Task SecretsAsync(int count)
    {
        var secrets = new Informer(cluster.Client, ApiResource.Secrets, new InformerOptions { Namespace = watched, MetadataOnly = true });
        using var stop = new CancellationTokenSource();
        var watching = secrets.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => Task.FromResult(secrets.Count >= count), $"{count} Secrets are there", TimeSpan.FromMinutes(20)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private KubernetesObject Seal(int number, int items, SealingCertificate certificate)
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, watched, $"fleet-{number.ToString(CultureInfo.InvariantCulture)}");
        secret.Json["data"] = new JsonObject(Enumerable.Range(0, items).Select(item =>
            KeyValuePair.Create($"item{item}", (JsonNode?)Convert.ToBase64String(Encoding.UTF8.GetBytes($"value {number} {item}")))));
        using var plain = PlainSecret.Read(secret);
        return Sealer.Seal(plain, certificate, new SealOptions { Fingerprint = FingerprintNote.Record });
    }
}
