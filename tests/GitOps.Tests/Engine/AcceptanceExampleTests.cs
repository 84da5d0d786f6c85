using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Engine;

/// <summary>The examples that a team coming from Argo CD brings along, applied as they are; only addresses and names of the test's cluster are put in.</summary>
public sealed class AcceptanceExampleTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private const string Project = """
        apiVersion: argoproj.io/v1alpha1
        kind: AppProject
        metadata:
          name: PROJECT
          namespace: argocd
        spec:
          description: The shop and its environments
          sourceRepos:
            - 'https://github.com/acme/*'
            - 'REPOS/*'
          destinations:
            - server: https://kubernetes.default.svc
              namespace: 'PROJECT-*'
            - name: in-cluster
              namespace: argocd
          clusterResourceWhitelist:
            - group: ''
              kind: Namespace
          namespaceResourceBlacklist:
            - group: ''
              kind: ResourceQuota
            - group: ''
              kind: LimitRange
          roles:
            - name: developer
              description: May look and sync
              policies:
                - p, proj:PROJECT:developer, applications, get, PROJECT/*, allow
                - p, proj:PROJECT:developer, applications, sync, PROJECT/*, allow
              groups:
                - acme:developers
        """;

    private const string Application = """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata:
          name: NAME
          namespace: argocd
          finalizers:
            - resources-finalizer.argocd.argoproj.io
        spec:
          project: PROJECT
          source:
            repoURL: REPO
            targetRevision: main
            path: FOLDER
          destination:
            server: https://kubernetes.default.svc
            namespace: SPACE
          syncPolicy:
            automated:
              prune: true
              selfHeal: true
              allowEmpty: false
            syncOptions:
              - CreateNamespace=true
              - PruneLast=true
              - ApplyOutOfSyncOnly=true
            retry:
              limit: 5
              backoff:
                duration: 5s
                factor: 2
                maxDuration: 3m
        """;

    private readonly TestRepository _repository = new();
    private readonly string _project = TestCluster.UniqueName("shop");

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Line_1_an_app_of_apps_deploys_three_overlays_of_one_base_under_a_project()
    {
        _repository.Commit(
            ("base/kustomization.yaml", "resources: [deployment.yaml, service.yaml]\nconfigMapGenerator: [{name: settings, literals: [stage=none]}]\n"),
            ("base/deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: nginx}]}\n"),
            ("base/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n"),
            ("overlays/dev/kustomization.yaml", Overlay("dev", 1)),
            ("overlays/staging/kustomization.yaml", Overlay("staging", 2)),
            ("overlays/production/kustomization.yaml", Overlay("production", 3)),
            ("apps/dev.yaml", Fill(Application, $"{_project}-dev", "overlays/dev", $"{_project}-dev")),
            ("apps/staging.yaml", Fill(Application, $"{_project}-staging", "overlays/staging", $"{_project}-staging")),
            ("apps/production.yaml", Fill(Application, $"{_project}-production", "overlays/production", $"{_project}-production")));

        await ApplyAsync(ApiResource.AppProjects, Fill(Project, "", "", ""));
        await ApplyAsync(ApiResource.Applications, Fill(Application, _project, "apps", "argocd"));

        foreach (var (stage, replicas) in new[] { ("dev", 1), ("staging", 2), ("production", 3) })
        {
            await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.Applications, engine.ControlNamespace, $"{_project}-{stage}", default) is not null, $"the child of {stage} is there");
            await engine.UntilSyncedAsync($"{_project}-{stage}");
            var web = await engine.Client.GetAsync(ApiResource.Deployments, $"{_project}-{stage}", "web", default);
            Assert.Equal(replicas, (int)web.Json["spec"]!["replicas"]!);
        }

        var parent = await engine.UntilSyncedAsync(_project);
        Assert.Equal(3, parent.Json["status"]!["resources"]!.AsArray().Count);
        await engine.Client.DeleteAsync(ApiResource.Applications, engine.ControlNamespace, _project, DeleteOptions.Default, default);
        await Eventually.TrueAsync(async () => await engine.Client.TryGetAsync(ApiResource.Deployments, $"{_project}-production", "web", default) is null, "the cascade reaches the children's objects");
    }

    [Fact]
    public async Task Line_1_what_the_project_denies_is_refused()
    {
        _repository.Commit(("app/quota.yaml", "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: '1'}}\n"));
        await ApplyAsync(ApiResource.AppProjects, Fill(Project, "", "", ""));

        await ApplyAsync(ApiResource.Applications, Fill(Application, $"{_project}-quota", "app", $"{_project}-x"));
        await ApplyAsync(ApiResource.Applications, Fill(Application, $"{_project}-outside", "app", "kube-system"));

        await engine.UntilAsync($"{_project}-quota", value => EngineFixture.Text(value, "operationState", "message").Contains("resource /ResourceQuota is not permitted in project", StringComparison.Ordinal), "the kind is refused");
        await engine.UntilAsync($"{_project}-outside", value => EngineFixture.Text(value, "conditions").Contains("do not match any of the allowed destinations", StringComparison.Ordinal), "the destination is refused");
    }

    private static string Overlay(string stage, int replicas) =>
        $"resources: [../../base]\nreplicas: [{{name: web, count: {replicas}}}]\nconfigMapGenerator: [{{name: settings, behavior: merge, literals: [stage={stage}]}}]\n";

    private string Fill(string example, string name, string folder, string space) => example
        .Replace("REPOS", _repository.Url[.._repository.Url.LastIndexOf('/')], StringComparison.Ordinal)
        .Replace("REPO", _repository.Url, StringComparison.Ordinal)
        .Replace("PROJECT", _project, StringComparison.Ordinal)
        .Replace("NAME", name, StringComparison.Ordinal)
        .Replace("FOLDER", folder, StringComparison.Ordinal)
        .Replace("SPACE", space, StringComparison.Ordinal)
        .Replace("namespace: argocd", $"namespace: {engine.ControlNamespace}", StringComparison.Ordinal);

    private async Task ApplyAsync(ApiResource resource, string yaml)
    {
        foreach (var value in ManifestReader.Read(System.Text.Encoding.UTF8.GetBytes(yaml), "example"))
        {
            await engine.Client.ApplyAsync(resource, value, new ApplyOptions { FieldManager = "team", Force = true }, default);
        }
    }
}
