using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.ApplicationSets.Generators;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Projects;
using SecretsOps.GitOps.Settings;
using SecretsOps.GitOps.Sources;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.GitOps.Engine;

/// <summary>Whether an Application may do what its spec says, and with whom.</summary>
internal sealed record Permission(ProjectRules? Project, DestinationCluster? Cluster, string Problem)
{
    /// <summary>The cluster's name, which windows and destinations may mean it by.</summary>
    public string ClusterName { get; init; } = "";
}

/// <summary>Knows the AppProjects; makes the permissive <c>default</c> one where it is missing.</summary>
internal sealed class ProjectStore(ApiClient client, Informer informer, RepositoryRegistry repositories, CurrentSettings settings, string controlNamespace)
{
    private const string DefaultName = "default";

    private static readonly GroupVersionKind ProjectKind = ApiResource.AppProjects.Gvk;

    public async Task EnsureDefaultAsync(CancellationToken cancellationToken)
    {
        var project = new KubernetesObject(ProjectKind, controlNamespace, DefaultName);
        project.Json["spec"] = DefaultSpec();
        try
        {
            await client.CreateAsync(ApiResource.AppProjects, project, WriteOptions.Default, cancellationToken);
        }
        catch (ApiException exception) when (exception.IsAlreadyExists)
        {
            // It was there; whatever its owner made of it stays.
        }
    }

    public Permission Validate(Application application, ClusterRegistry clusters)
    {
        var project = TryGet(application.Project);
        if (project is null || !project.PermitsApplicationsIn(application.Key.Namespace, controlNamespace))
        {
            return Refused($"Application referencing project {application.Project} which does not exist");
        }

        if (SourceProblem(application, project) is { } problem)
        {
            return Refused(problem);
        }

        var match = clusters.Find(application.Destination);
        return match.Cluster is null ? Refused(match.Problem)
            : DestinationProblem(application.Destination, project, match) is { } refusal ? Refused(refusal)
            : new Permission(project, match.Cluster, "") { ClusterName = match.Name };
    }

    /// <summary>Whether a project lets an Application read a source: one of an operation need not be one of its spec.</summary>
    public bool PermitsSource(ProjectRules project, ApplicationSource source) => project.PermitsSource(source.RepoUrl) || repositories.IsOwn(source.RepoUrl, project.Name);

    /// <summary>Whether a project is there to be referred to.</summary>
    public bool Exists(string name) => TryGet(name) is not null;

    private static string? DestinationProblem(Destination destination, ProjectRules project, ClusterMatch match)
    {
        if ((match.Project.Length > 0 || project.OnlyOwnClusters) && match.Project != project.Name)
        {
            return match.Project.Length > 0
                ? $"cluster '{match.Name}' is kept for project '{match.Project}' and cannot be used in project '{project.Name}'"
                : $"project '{project.Name}' permits only clusters of its own, and cluster '{match.Name}' is none: set 'project' in its Secret";
        }

        // A cluster of the project's own counts as if its destinations named it (argocd.md, 5).
        return match.Project.Length > 0 || project.PermitsDestination(match.Cluster!.Server, match.Name, destination.Namespace)
            ? null
            : $"application destination server '{match.Cluster.Server}' and namespace '{destination.Namespace}' do not match any of the allowed destinations in project '{project.Name}'";
    }

    private ProjectRules? TryGet(string name)
    {
        var found = informer.TryGet(new NamespacedName(controlNamespace, name));
        return found is null
            ? name == DefaultName ? new ProjectRules(DefaultName, DefaultSpec()) : null
            : new ProjectRules(name, WithGlobal(found));
    }

    /// <summary>A project's rules with those of the global projects that choose it by its labels put behind its own.</summary>
    private JsonObject WithGlobal(KubernetesObject project)
    {
        var spec = project.Json["spec"] as JsonObject ?? [];
        var labels = project.Metadata.MapAt("labels");
        foreach (var global in settings.Value.GlobalProjects.Where(global => global.Name != project.Name && LabelMatch.IsMatch(global.Selector, labels)))
        {
            spec = informer.TryGet(new NamespacedName(controlNamespace, global.Name))?.Json["spec"] is JsonObject more ? GlobalRules.Merge(spec, more) : spec;
        }

        return spec;
    }

    private string? SourceProblem(Application application, ProjectRules project)
    {
        if (application.Sources.Count == 0)
        {
            return "spec.source.repoURL and either source.path or source.chart are required";
        }

        foreach (var source in application.Sources)
        {
            if (SourceProblem(application, project, source) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private string? SourceProblem(Application application, ProjectRules project, ApplicationSource source) => source switch
    {
        { RepoUrl: "" } => "spec.source.repoURL and either source.path or source.chart are required",
        { Chart.Length: > 0, TargetRevision: "" } => "spec.source.targetRevision is required if the manifest source is a helm chart",
        { Ref.Length: > 0, Chart.Length: > 0 } => $"source with ref '{source.Ref}' cannot be a chart: a ref names files of a git repository",
        { Path: "", Chart: "", Ref: "" } => "spec.source.repoURL and either source.path or source.chart are required",
        { Ref.Length: > 0 } when !application.HasManySources => "spec.source.ref is only for spec.sources",
        _ => PermitsSource(project, source) ? null : $"application repo {source.RepoUrl} is not permitted in project '{project.Name}'",
    };

    private static Permission Refused(string problem) => new(null, null, problem);

    private static JsonObject DefaultSpec() => new()
    {
        ["sourceRepos"] = new JsonArray("*"),
        ["destinations"] = new JsonArray(new JsonObject { ["server"] = "*", ["namespace"] = "*" }),
        ["clusterResourceWhitelist"] = new JsonArray(new JsonObject { ["group"] = "*", ["kind"] = "*" }),
    };
}
