using System.Text;
using System.Text.Json.Nodes;

using SecretsOps.Controller.Reconcilers;
using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Controller.Tests.Deployment;

/// <summary>From the upstream controller to ours on a live cluster, and back.</summary>
[Collection(BareCollection.Name)]
public sealed class TakeoverTests(BareFixture fixture)
{
    private const string LongAgo = "2024-02-03T04:05:06Z";

    // What upstream's algorithm does with a key Secret and a SealedSecret, written anew after the documented format.
    private const string OpenAsUpstream = """
        const { privateDecrypt, createDecipheriv, X509Certificate } = require('crypto');
        const [keySecret, sealed] = process.argv.slice(2).map(file => JSON.parse(require('fs').readFileSync(file, 'utf8')));
        const pem = name => Buffer.from(keySecret.data[name], 'base64').toString();
        const scope = sealed.metadata.annotations || {};
        const label = scope['sealedsecrets.bitnami.com/cluster-wide'] === 'true' ? ''
          : scope['sealedsecrets.bitnami.com/namespace-wide'] === 'true' ? sealed.metadata.namespace
          : `${sealed.metadata.namespace}/${sealed.metadata.name}`;
        const values = {};
        for (const [name, text] of Object.entries(sealed.spec.encryptedData)) {
          const bytes = Buffer.from(text, 'base64');
          const end = 2 + bytes.readUInt16BE(0);
          const session = privateDecrypt({ key: pem('tls.key'), oaepHash: 'sha256', oaepLabel: Buffer.from(label) }, bytes.subarray(2, end));
          const opener = createDecipheriv('aes-256-gcm', session, Buffer.alloc(12)).setAuthTag(bytes.subarray(-16));
          values[name] = Buffer.concat([opener.update(bytes.subarray(end, -16)), opener.final()]).toString();
        }
        const certificate = new X509Certificate(pem('tls.crt'));
        process.stdout.write(JSON.stringify({ values, label: keySecret.metadata.labels['sealedsecrets.bitnami.com/sealed-secrets-key'],
          type: keySecret.type, pkcs1: pem('tls.key').startsWith('-----BEGIN RSA PRIVATE KEY-----'), pair: certificate.checkPrivateKey(require('crypto').createPrivateKey(pem('tls.key'))) }));
        """;

    private readonly TestCluster _cluster = fixture.Cluster;

    public static TheoryData<string> Settled => ["strict-yaml", "labels-annotations", "type-tls", "binary", "template-data", "empty-value", "immutable"];

    [Theory]
    [MemberData(nameof(Settled))]
    public async Task DEP_6_after_the_swap_no_Secret_is_rewritten_no_key_is_made_and_the_status_stays(string name)
    {
        var own = await fixture.CreateKeyNamespaceAsync("old", "new");
        var (sealedSecret, secret) = await LeaveAsUpstreamDoesAsync(name);
        var options = RunningController.Options(sealedSecret.Namespace);
        await using var controller = await RunningController.StartAsync(_cluster, own, options with { Keys = options.Keys with { RenewPeriod = TimeSpan.FromDays(36500) } });

        var after = await Eventually.NotNullAsync(
            async () => await _cluster.SealedAsync(sealedSecret.Namespace, sealedSecret.Name) is { } found && found.Condition("Ready") is not null ? found : null, "our status is written");

        var live = (await _cluster.SecretAsync(sealedSecret.Namespace, sealedSecret.Name))!;
        Assert.Equal((secret.Uid, secret.ResourceVersion), (live.Uid, live.ResourceVersion));
        Assert.Equal(("True", LongAgo), (after.Condition("Synced")!["status"]!.ToString(), after.Condition("Synced")!["lastTransitionTime"]!.ToString()));
        Assert.Equal(sealedSecret.Json["spec"]!.ToJsonString(), after.Json["spec"]!.ToJsonString());
        Assert.Equal(2, (await _cluster.Client.ListAsync(ApiResource.Secrets, own, ListOptions.All, CancellationToken.None)).Items.Count);
        await _cluster.DeleteAsync(ApiResource.SealedSecrets, sealedSecret.Namespace, sealedSecret.Name);
        await _cluster.DeleteAsync(ApiResource.Secrets, sealedSecret.Namespace, sealedSecret.Name);
    }

    [Fact]
    public async Task DEP_7_what_we_leave_behind_is_what_upstream_reads()
    {
        var own = await _cluster.CreateNamespaceAsync("controller");
        var watched = await _cluster.CreateNamespaceAsync();
        await using (var controller = await RunningController.StartAsync(_cluster, own, RunningController.Options(watched)))
        {
            await _cluster.CreateAsync(ApiResource.SealedSecrets, Seal(controller, watched));
            await _cluster.SyncedBecomesAsync(watched, "db", "True");
        }

        var key = (await _cluster.Client.ListAsync(ApiResource.Secrets, own, ListOptions.All, CancellationToken.None)).Items.Single();
        var sealedSecret = (await _cluster.SealedAsync(watched, "db"))!;
        var opened = await OpenAsync(key, sealedSecret);
        var owner = SecretOwner.ControllerOf((await _cluster.SecretAsync(watched, "db"))!)!;

        Assert.Equal("""{"values":{"password":"from us"},"label":"active","type":"kubernetes.io/tls","pkcs1":true,"pair":true}""", opened);
        Assert.StartsWith("sealed-secrets-key", key.Name, StringComparison.Ordinal);
        Assert.Equal("Synced", sealedSecret.Json["status"]!["conditions"]![0]!["type"]!.ToString());
        Assert.Equal((sealedSecret.Uid, "bitnami.com/v1alpha1"), (owner["uid"]!.ToString(), owner["apiVersion"]!.ToString()));
    }

    private static KubernetesObject Seal(RunningController controller, string watched)
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, watched, "db");
        secret.Json["stringData"] = new JsonObject { ["password"] = "from us" };
        using var plain = SealedSecrets.PlainSecret.Read(secret);
        return SealedSecrets.Sealer.Seal(plain, controller.Host.Keys.Ring.Active!.Certificate, new SealedSecrets.SealOptions { Fingerprint = SealedSecrets.FingerprintNote.Record });
    }

    private static async Task<string> OpenAsync(KubernetesObject key, KubernetesObject sealedSecret)
    {
        using var directory = new TemporaryDirectory();
        var script = directory.Write("open.cjs", OpenAsUpstream);
        var run = await ExternalProgram.RunAsync(
            ExternalPrograms.Node, [script, directory.Write("key.json", Encoding.UTF8.GetString(key.ToUtf8Json())), directory.Write("sealed.json", Encoding.UTF8.GetString(sealedSecret.ToUtf8Json()))]);
        return run.ShouldSucceed().StandardOutput;
    }

    // The recorded SealedSecret with upstream's status, and the Secret that upstream made of it.
    private async Task<(KubernetesObject SealedSecret, KubernetesObject Secret)> LeaveAsUpstreamDoesAsync(string name)
    {
        var document = VectorKeys.Document("cases", name, "sealed.yaml");
        if (await _cluster.Client.TryGetAsync(ApiResource.Namespaces, "", document.Namespace, CancellationToken.None) is null)
        {
            await _cluster.CreateAsync(ApiResource.Namespaces, new KubernetesObject(ApiResource.Namespaces.Gvk, "", document.Namespace));
        }

        var created = await _cluster.CreateAsync(ApiResource.SealedSecrets, document);
        var condition = $$$"""{"lastTransitionTime":"{{{LongAgo}}}","lastUpdateTime":"{{{LongAgo}}}","status":"True","type":"Synced"}""";
        created.Json["status"] = JsonNode.Parse($$$"""{"conditions":[{{{condition}}}],"observedGeneration":{{{created.Generation}}}}""");
        await _cluster.Client.UpdateStatusAsync(ApiResource.SealedSecrets, created, WriteOptions.Default, CancellationToken.None);
        var secret = KubernetesObject.Parse(await File.ReadAllBytesAsync(VectorKeys.File("cases", name, "cluster-secret.json")));
        secret.Metadata["ownerReferences"]![0]!["uid"] = created.Uid;
        return (created, await _cluster.CreateAsync(ApiResource.Secrets, secret));
    }
}
