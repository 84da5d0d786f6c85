using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>An engine with a plug-in that prints what it finds, and complains of it where it is told to.</summary>
public sealed class CanaryFixture : EngineFixture
{
    private readonly TemporaryDirectory _plugins = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _plugins.Dispose();
    }

    protected override void Configure(EngineSetup setup)
    {
        _plugins.Write("printer/plugin.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\nmetadata: {name: printer}\nspec:\n  init: {command: [sh, -c, \"cp secret.yaml made.yaml\"]}\n  generate: {command: [sh, -c, \"test ! -e complain || { cat secret.yaml >&2; exit 1; }; cat made.yaml\"]}\n");
        setup.PluginFolder = _plugins.Path;
    }
}

/// <summary>D01 with every renderer: what was encrypted arrives in the cluster and can be found nowhere else.</summary>
public sealed class CanaryTests(CanaryFixture engine) : IClassFixture<CanaryFixture>, IDisposable
{
    private readonly TestRepository _repository = new();
    private readonly string _canary = "canary-" + Guid.NewGuid().ToString("n");

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData("Directory")]
    [InlineData("Kustomize")]
    [InlineData("Helm")]
    [InlineData("Plugin")]
    public async Task D01_plaintext_reaches_the_Secret_and_no_log_status_event_or_file(string renderer)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        await CommitAsync(renderer);
        var name = await CreateAsync(renderer, space);

        var application = await engine.UntilSyncedAsync(name);

        Assert.Equal(renderer, EngineFixture.Text(application, "sourceType"));
        var secret = (await engine.Client.ListAsync(ApiResource.Secrets, space, ListOptions.All, default)).Items.Single(item => item.Name.StartsWith("db", StringComparison.Ordinal));
        Assert.Equal(_canary, Encoding.UTF8.GetString(Convert.FromBase64String((string)secret.Json["data"]!["password"]!)));
        await NothingElseHoldsAsync(application.Json.ToJsonString());
    }

    [Theory]
    [InlineData("Kustomize", "app/kustomization.yaml", "resources: [secret.yaml]\npatches: [{path: secret.yaml, target: {kind: ConfigMap}, options: {x: 1}}]\nnameReference: 1\n")]
    [InlineData("Helm", "app/templates/f.yaml", "{{ fail (printf \"the password %s is too weak\" .Values.password) }}\n")]
    [InlineData("Helm", "app/templates/f.yaml", "a: [\n{{ .Values.password }}: {{ .Values.password }}: x\n")]
    [InlineData("Plugin", "app/complain", "yes")]
    public async Task D01_a_renderer_that_fails_and_quotes_a_secret_is_told_without_it(string renderer, string path, string content)
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        await CommitAsync(renderer);
        _repository.Commit((path, content));
        var name = await CreateAsync(renderer, space);

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "sync", "status") == "Unknown", "the failure is told");

        await NothingElseHoldsAsync(application.Json.ToJsonString());
        Assert.DoesNotContain((await engine.Client.ListAsync(ApiResource.Secrets, space, ListOptions.All, default)).Items, item => item.Name.StartsWith("db", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Directory", true)] // refused before anything is written
    [InlineData("Directory", false)] // refused when it is written
    [InlineData("Helm", true)]
    public async Task D01_a_server_that_refuses_and_quotes_a_secret_is_told_without_it(string renderer, bool hasCompany)
    {
        var group = $"{TestCluster.UniqueName("canary")}.example.com";
        await engine.Client.CreateAsync(ApiResource.CustomResourceDefinitions, ManifestReader.Read(Encoding.UTF8.GetBytes(Definition(group)), "test")[0], WriteOptions.Default, default);
        await Eventually.TrueAsync(() => IsServedAsync(new ApiResource(group, "v1", "Gate", "gates", true)), "the kind is served");
        var space = await engine.Cluster.CreateNamespaceAsync();
        var gate = $"apiVersion: {group}/v1\nkind: Gate\nmetadata:\n  name: gate\nspec:\n  mode: ";
        if (renderer == "Helm")
        {
            await CommitAsync(renderer);
            _repository.Commit(("app/templates/g.yaml", gate + "{{ .Values.password | quote }}\n"));
        }
        else
        {
            _repository.Commit(("app/gate.yaml", await engine.EncryptAsync(gate + _canary + "\n")), (hasCompany ? "app/company.yaml" : "app/README.md", EngineFixture.ConfigMap("company", "1")));
        }

        var name = await CreateAsync(renderer, space);

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "operationState", "message").Contains("spec.mode", StringComparison.Ordinal), "the refusal is told");

        Assert.Contains("++++++++", EngineFixture.Text(application, "operationState", "message"));
        await NothingElseHoldsAsync(application.Json.ToJsonString());
        await engine.Client.DeleteAsync(ApiResource.CustomResourceDefinitions, "", $"gates.{group}", DeleteOptions.Default, default);
    }

    private async Task<bool> IsServedAsync(ApiResource resource)
    {
        try
        {
            await engine.Client.ListAsync(resource, "default", ListOptions.All, default);
            return true;
        }
        catch (ApiException exception) when (exception.IsNotFound)
        {
            return false;
        }
    }

    private static string Definition(string group) => """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: gates.GROUP}
        spec:
          group: GROUP
          names: {kind: Gate, plural: gates, singular: gate, listKind: GateList}
          scope: Namespaced
          versions:
            - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {mode: {type: string, enum: [open, closed]}}}}}}}
        """.Replace("GROUP", group, StringComparison.Ordinal);

    private Task<string> CreateAsync(string renderer, string space) => engine.CreateAsync(_repository, "app", space, spec =>
    {
        if (renderer == "Helm")
        {
            spec["source"]!["helm"] = new JsonObject { ["valueFiles"] = new JsonArray("secrets.yaml") };
        }
        else if (renderer == "Plugin")
        {
            spec["source"]!["plugin"] = new JsonObject { ["name"] = "printer" };
        }
    });

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
        Assert.All(places, place => Assert.DoesNotContain(_canary, place));
        Assert.All(places, place => Assert.DoesNotContain(encoded, place));
        await Eventually.TrueAsync(() => Task.FromResult(!LeftInMemory().Any(text => text.Contains(_canary, StringComparison.Ordinal))), "what a rendering under way has in memory goes with it");
    }

    /// <summary>What renderers left in memory; folders of other tests come and go meanwhile.</summary>
    private static IEnumerable<string> LeftInMemory()
    {
        foreach (var folder in Directory.EnumerateDirectories("/dev/shm", "secretsops-*"))
        {
            string[] texts = [];
            try
            {
                texts = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)))];
            }
            catch (IOException)
            {
                // Gone between the list and the look.
            }

            foreach (var text in texts)
            {
                yield return text;
            }
        }
    }
}
