using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>D01 with every renderer: what was encrypted arrives in the cluster and can be found nowhere else.</summary>
public sealed class CanaryTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly TestRepository _repository = new();
    private readonly string _canary = "canary-" + Guid.NewGuid().ToString("n");

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData("Directory")]
    [InlineData("Kustomize")]
    [InlineData("Helm")]
    public async Task D01_plaintext_reaches_the_Secret_and_no_log_status_event_or_file(string renderer)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        await CommitAsync(renderer);
        var name = await engine.CreateAsync(_repository, "app", space, spec =>
        {
            if (renderer == "Helm")
            {
                spec["source"]!["helm"] = new JsonObject { ["valueFiles"] = new JsonArray("secrets.yaml") };
            }
        });

        var application = await engine.UntilSyncedAsync(name);

        Assert.Equal(renderer, EngineFixture.Text(application, "sourceType"));
        var secret = (await engine.Client.ListAsync(ApiResource.Secrets, space, ListOptions.All, default)).Items.Single(item => item.Name.StartsWith("db", StringComparison.Ordinal));
        Assert.Equal(_canary, Encoding.UTF8.GetString(Convert.FromBase64String((string)secret.Json["data"]!["password"]!)));
        await NothingElseHoldsAsync(application.Json.ToJsonString());
    }

    private async Task CommitAsync(string renderer)
    {
        var secret = await engine.EncryptAsync($"apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: {_canary}\n");
        var values = await engine.EncryptAsync($"password: {_canary}\n");
        (string, string?)[] files = renderer switch
        {
            "Kustomize" => [("app/kustomization.yaml", "resources: [secret.yaml]\nnamePrefix: db-\n"), ("app/secret.yaml", secret)],
            "Helm" => [("app/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0"), ("app/secrets.yaml", values), ("app/templates/s.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: {{ .Values.password | quote }}}\n")],
            _ => [("app/secret.yaml", secret)],
        };
        _repository.Commit(files);
    }

    private async Task NothingElseHoldsAsync(string application)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(_canary));
        var events = await engine.Client.ListAsync(ApiResource.Events, engine.ControlNamespace, ListOptions.All, default);
        var places = new List<string> { application, engine.Logger.ToString(), string.Concat(events.Items.Select(item => item.Json.ToJsonString())) };
        places.AddRange(Directory.EnumerateFiles(engine.CacheFolder, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        places.AddRange(Directory.EnumerateFiles("/dev/shm", "secretsops-*", SearchOption.TopDirectoryOnly).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        Assert.All(places, place => Assert.DoesNotContain(_canary, place));
        Assert.All(places, place => Assert.DoesNotContain(encoded, place));
    }
}
