using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Webhooks;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>Many Applications in one repository: what a commit costs those that it does not concern.</summary>
public sealed class MonorepoTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly TestRepository _repository = new();
    private readonly StageListener _spans = new();

    [Fact]
    public async Task W04_a_push_renders_only_the_application_that_read_what_changed_and_the_revision_of_all_advances()
    {
        var names = new List<string>();
        var files = new List<(string, string?)> { ("base/kustomization.yaml", "resources: [a.yaml]\n"), ("base/a.yaml", EngineFixture.ConfigMap("a", "1")) };
        foreach (var app in new[] { "one", "two", "three" })
        {
            files.Add(($"apps/{app}/kustomization.yaml", "resources: [../../base, own.yaml]\n"));
            files.Add(($"apps/{app}/own.yaml", EngineFixture.ConfigMap("own", "1")));
        }

        var first = _repository.Commit([.. files]);
        foreach (var app in new[] { "one", "two", "three" })
        {
            names.Add(await engine.CreateAsync(_repository, $"apps/{app}", await engine.Cluster.CreateNamespaceAsync()));
        }

        await Task.WhenAll(names.Select(name => engine.UntilSyncedAsync(name, first)));
        await ShareSecretAsync();

        await PushAsync(("apps/two/own.yaml", EngineFixture.ConfigMap("own", "2")));
        Assert.Equal([names[1]], Rendered(names));

        await PushAsync(("docs/readme.md", "nobody reads this"));
        Assert.Empty(Rendered(names));

        await PushAsync(("base/a.yaml", EngineFixture.ConfigMap("a", "2")));
        Assert.Equal(names.Order(StringComparer.Ordinal), Rendered(names));

        async Task PushAsync((string, string?) change)
        {
            _spans.Clear();
            var commit = _repository.Commit(change);
            Assert.Equal(WebhookVerdict.Accepted, engine.TakeWebhook(Generic(change.Item1)).Verdict);
            await Task.WhenAll(names.Select(name => engine.UntilSyncedAsync(name, commit)));
        }
    }

    [Fact]
    public async Task Each_sync_is_a_span_with_one_span_for_each_stage()
    {
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));

        var name = await engine.CreateAsync(_repository, "app", await engine.Cluster.CreateNamespaceAsync());
        await engine.UntilSyncedAsync(name);

        await Eventually.PassesAsync(() =>
        {
            Assert.Equal(["fetch", "render", "decrypt", "diff", "apply", "health", "sync"], _spans.Of(name).Take(7));
            return Task.CompletedTask;
        });
    }

    public void Dispose()
    {
        _repository.Dispose();
        _spans.Dispose();
    }

    private IEnumerable<string> Rendered(List<string> names) =>
        names.Where(name => _spans.Of(name).Contains("render")).Order(StringComparer.Ordinal);

    private WebhookRequest Generic(string file)
    {
        var body = Encoding.UTF8.GetBytes(new JsonObject { ["repoURL"] = _repository.Url, ["files"] = new JsonArray((JsonNode)file) }.ToJsonString());
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData("sh4red"u8, body));
        return new WebhookRequest(name => name == "X-Signature-256" ? $"sha256={signature}" : "", body);
    }

    private async Task ShareSecretAsync()
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, engine.ControlNamespace, "argocd-secret");
        secret.Json["stringData"] = new JsonObject { ["webhook.generic.secret"] = "sh4red" };
        await engine.Client.CreateAsync(ApiResource.Secrets, secret, WriteOptions.Default, default);
        await Eventually.TrueAsync(() => Task.FromResult(engine.TakeWebhook(Generic("nothing")).Verdict == WebhookVerdict.Accepted), "the engine has read the shared secret");
    }
}
