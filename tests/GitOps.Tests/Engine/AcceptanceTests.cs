using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>Resources as teams have them for Argo CD, unchanged but for addresses and names.</summary>
public sealed class AcceptanceTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private readonly TestRepository _repository = new();

    [Fact]
    public async Task A_repository_of_base_overlays_and_apps_comes_up_from_one_application_in_a_project()
    {
        var (project, shop) = (TestCluster.UniqueName("team"), TestCluster.UniqueName("shop"));
        await CreateAsync(ApiResource.AppProjects, Project(project, shop));
        _repository.Commit(
            ("base/kustomization.yaml", "resources: [config.yaml]\n"),
            ("base/config.yaml", EngineFixture.ConfigMap("settings", "base")),
            ("overlays/dev/kustomization.yaml", "resources: [../../base]\nnamePrefix: dev-\n"),
            ("overlays/staging/kustomization.yaml", "resources: [../../base]\nnamePrefix: staging-\n"),
            ("overlays/production/kustomization.yaml", "resources: [../../base]\nnamePrefix: production-\n"),
            ("apps/dev.yaml", Child(project, shop, "dev")),
            ("apps/staging.yaml", Child(project, shop, "staging")),
            ("apps/production.yaml", Child(project, shop, "production")));

        var root = await engine.CreateAsync(_repository, "apps", engine.ControlNamespace);

        await engine.UntilSyncedAsync(root);
        foreach (var environment in new[] { "dev", "staging", "production" })
        {
            await engine.UntilSyncedAsync($"{shop}-{environment}");
            Assert.NotNull(await engine.Client.TryGetAsync(ApiResource.ConfigMaps, $"{shop}-{environment}", $"{environment}-settings", default));
        }

        _repository.Commit(("apps/staging.yaml", null));
        await engine.RefreshAsync(root);
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.Applications, engine.ControlNamespace, $"{shop}-staging", default) is null, "the child that Git no longer has is pruned");
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.ConfigMaps, $"{shop}-staging", "staging-settings", default) is null, "its objects went with it");
    }

    [Fact]
    public async Task M02_values_of_another_repository_reach_the_chart_and_a_commit_there_is_synced()
    {
        using var values = new TestRepository();
        values.Commit(("prod.yaml", "color: blue\n"));
        _repository.Commit(
            ("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
            ("chart/templates/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {color: {{ .Values.color | quote }}}\n"));
        var target = await engine.Cluster.CreateNamespaceAsync();
        var name = await engine.CreateAsync(_repository, "chart", target, spec =>
        {
            spec.Remove("source");
            spec["sources"] = YamlText.ToJson(Encoding.UTF8.GetBytes("""
                - {repoURL: "CHARTS", path: chart, targetRevision: main, helm: {valueFiles: [$values/prod.yaml]}}
                - {repoURL: "VALUES", targetRevision: main, ref: values}
                """.Replace("CHARTS", _repository.Url).Replace("VALUES", values.Url)), "test")[0].Root!.DeepClone();
        });
        await engine.UntilSyncedAsync(name);
        Assert.Equal("blue", await ColorAsync(target));

        values.Commit(("prod.yaml", "color: green\n"));
        await engine.RefreshAsync(name);

        await Eventually.TrueAsync(async () => await ColorAsync(target) == "green", "the other repository's commit arrives");
    }

    public void Dispose() => _repository.Dispose();

    private async Task<string?> ColorAsync(string target) => (string?)(await engine.Client.GetAsync(ApiResource.ConfigMaps, target, "web", default)).Json["data"]!["color"];

    private string Child(string project, string shop, string environment) => $$"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata:
          name: {{shop}}-{{environment}}
          namespace: {{engine.ControlNamespace}}
          finalizers: [resources-finalizer.argocd.argoproj.io]
        spec:
          project: {{project}}
          source:
            repoURL: "{{_repository.Url}}"
            targetRevision: main
            path: overlays/{{environment}}
          destination:
            server: https://kubernetes.default.svc
            namespace: {{shop}}-{{environment}}
          syncPolicy:
            automated: {prune: true, selfHeal: true, allowEmpty: false}
            syncOptions: [CreateNamespace=true, PruneLast=true, ApplyOutOfSyncOnly=true]
            retry:
              limit: 5
              backoff: {duration: 5s, factor: 2, maxDuration: 3m}
        """;

    private string Project(string name, string shop) => $$"""
        apiVersion: argoproj.io/v1alpha1
        kind: AppProject
        metadata:
          name: {{name}}
          namespace: {{engine.ControlNamespace}}
        spec:
          description: The shop's team
          sourceRepos: ["{{_repository.Url}}*", "https://git.example.com/team/**"]
          destinations:
          - {server: https://kubernetes.default.svc, namespace: "{{shop}}-*"}
          clusterResourceWhitelist:
          - {group: "", kind: Namespace}
          namespaceResourceBlacklist:
          - {group: "", kind: ResourceQuota}
          - {group: "", kind: LimitRange}
          roles:
          - name: developer
            description: May sync
            policies: ["p, proj:{{name}}:developer, applications, sync, {{name}}/*, allow"]
            groups: [team-developers]
        """;

    private Task<KubernetesObject> CreateAsync(ApiResource resource, string yaml) =>
        engine.Client.CreateAsync(resource, new KubernetesObject((JsonObject)YamlText.ToJson(Encoding.UTF8.GetBytes(yaml), "test")[0].Root!), WriteOptions.Default, default);
}
