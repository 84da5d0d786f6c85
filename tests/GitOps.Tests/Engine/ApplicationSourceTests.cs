using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>Where manifests come from, seen from an Application: its sources, its refreshes and what it tells when they fail.</summary>
public sealed class ApplicationSourceTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly TestRepository _repository = new();
    private readonly TestRepository _other = new();

    public void Dispose()
    {
        _repository.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task M01_M03_M06_several_sources_are_put_together_the_last_wins_and_each_has_its_revision()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        var first = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "first")), ("app/both.yaml", EngineFixture.ConfigMap("both", "first")));
        var second = _other.Commit(("more/b.yaml", EngineFixture.ConfigMap("b", "second")), ("more/both.yaml", EngineFixture.ConfigMap("both", "second")));

        var name = await CreateAsync(space, Source(_repository, "app"), Source(_other, "more"));
        var application = await engine.UntilSyncedAsync(name);

        Assert.Equal(("first", "second", "second"), (await ValueAsync(space, "a"), await ValueAsync(space, "b"), await ValueAsync(space, "both")));
        Assert.Equal([first, second], application.Json["status"]!["sync"]!["revisions"]!.AsArray().Select(revision => (string?)revision));
        Assert.Equal([first, second], application.Json["status"]!["history"]![0]!["revisions"]!.AsArray().Select(revision => (string?)revision));
        var condition = Assert.Single(application.Json["status"]!["conditions"]!.AsArray());
        Assert.Equal("RepeatedResourceWarning", (string?)condition!["type"]);
        Assert.Equal($"Resource /ConfigMap/{space}/both appeared 2 times among application resources.", (string?)condition["message"]);
    }

    [Fact]
    public async Task M04_a_ref_on_a_chart_is_refused()
    {
        var chart = new JsonObject { ["repoURL"] = "https://charts.example.com", ["chart"] = "web", ["targetRevision"] = "1.0.0", ["ref"] = "values" };

        var name = await CreateAsync("default", chart);

        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Length > 0, "it is told");
        Assert.Contains("InvalidSpecError", EngineFixture.Text(application, "conditions"));
        Assert.Contains("cannot be a chart", EngineFixture.Text(application, "conditions"));
    }

    [Fact]
    public async Task M05_a_commit_in_a_referenced_repository_alone_is_synced()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(
            ("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
            ("chart/templates/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {key: {{ .Values.color | quote }}}\n"));
        _other.Commit(("env/prod.yaml", "color: blue\n"), ("readme.md", "1"));
        var chart = Source(_repository, "chart");
        chart["helm"] = new JsonObject { ["valueFiles"] = new JsonArray("$values/env/prod.yaml") };
        var name = await CreateAsync(space, chart, new JsonObject { ["repoURL"] = _other.Url, ["targetRevision"] = "main", ["ref"] = "values" });
        await engine.UntilSyncedAsync(name);
        Assert.Equal("blue", await ValueAsync(space, "web"));

        var commit = _other.Commit(("env/prod.yaml", "color: green\n"));
        await engine.RefreshAsync(name);

        await Eventually.TrueAsync(async () => await ValueAsync(space, "web") == "green", "the value of the referenced repository arrives");
        await engine.UntilAsync(name, value => (string?)value.Json["status"]!["sync"]!["revisions"]![1] == commit, "its revision is told");
    }

    [Fact]
    public async Task S08_S11_manifests_too_large_and_two_tools_are_comparison_errors()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("big/a.yaml", EngineFixture.ConfigMap("a", "1") + string.Concat(Enumerable.Repeat("# " + new string('x', 1022) + "\n", 11 * 1024))), ("two/b.yaml", EngineFixture.ConfigMap("b", "1")));

        var big = await engine.CreateAsync(_repository, "big", space);
        var two = await engine.CreateAsync(_repository, "two", space, spec => (spec["source"]!["helm"], spec["source"]!["kustomize"]) = (new JsonObject { ["releaseName"] = "x" }, new JsonObject { ["namePrefix"] = "y" }));

        await FailsAsync(big, "more than the limit of 10 MiB");
        await FailsAsync(two, "multiple application sources defined");
        Assert.DoesNotContain((await engine.Client.ListAsync(ApiResource.ConfigMaps, space, ListOptions.All, default)).Items, item => item.Name is "a" or "b");
    }

    [Fact]
    public async Task W01_a_refresh_is_answered_and_a_hard_one_renders_again()
    {
        using var spans = new StageListener();
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var name = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilSyncedAsync(name);

        spans.Clear();
        await engine.RefreshAsync(name);
        Assert.DoesNotContain("render", spans.Of(name));

        await engine.RefreshAsync(name, "hard");
        Assert.Contains("render", spans.Of(name));
    }

    [Fact]
    public async Task W05_an_application_to_skip_is_left_alone_until_it_is_not()
    {
        var space = await engine.Cluster.CreateNamespaceAsync();
        _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "1")));
        var skipped = await engine.CreateAsync(_repository, "app", space);
        await engine.UntilSyncedAsync(skipped);
        await engine.PatchAsync(skipped, """{"metadata": {"annotations": {"argocd.argoproj.io/skip-reconcile": "true"}}}""");
        var bystander = await engine.CreateAsync(_repository, "app", await engine.Cluster.CreateNamespaceAsync());
        await engine.UntilSyncedAsync(bystander);

        var commit = _repository.Commit(("app/a.yaml", EngineFixture.ConfigMap("a", "2")));
        await engine.PatchAsync(skipped, """{"metadata": {"annotations": {"argocd.argoproj.io/refresh": "hard"}}, "operation": {"sync": {}}}""");
        await engine.RefreshAsync(bystander);
        await engine.UntilSyncedAsync(bystander, commit);
        Assert.Equal("1", await ValueAsync(space, "a"));
        Assert.Equal("hard", (await engine.GetAsync(skipped)).Annotation("argocd.argoproj.io/refresh"));

        await engine.PatchAsync(skipped, """{"metadata": {"annotations": {"argocd.argoproj.io/skip-reconcile": null}}}""");
        await engine.UntilSyncedAsync(skipped, commit);
    }

    private static JsonObject Source(TestRepository repository, string path) => new() { ["repoURL"] = repository.Url, ["path"] = path, ["targetRevision"] = "main" };

    private Task<string> CreateAsync(string space, params JsonObject[] sources) => engine.CreateAsync(_repository, "", space, spec =>
    {
        spec.Remove("source");
        spec["sources"] = new JsonArray([.. sources]);
    });

    private async Task<string?> ValueAsync(string space, string name) => (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, space, name, default)).Json["data"]!["key"];

    private async Task FailsAsync(string name, string message)
    {
        var application = await engine.UntilAsync(name, value => EngineFixture.Text(value, "conditions").Contains("ComparisonError", StringComparison.Ordinal), "it is told");
        Assert.Contains(message, EngineFixture.Text(application, "conditions"));
        Assert.Equal("Unknown", EngineFixture.Text(application, "sync", "status"));
    }
}
