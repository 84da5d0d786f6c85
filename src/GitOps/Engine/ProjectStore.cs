using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Projects;
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
internal sealed class ProjectStore(ApiClient client, Informer informer, string controlNamespace)
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

        var (cluster, clusterName, unknown) = clusters.Find(application.Destination);
        if (cluster is null)
        {
            return Refused(unknown);
        }

        var destination = application.Destination;
        return project.PermitsDestination(cluster.Server, clusterName, destination.Namespace)
            ? new Permission(project, cluster, "") { ClusterName = clusterName }
            : Refused($"application destination server '{cluster.Server}' and namespace '{destination.Namespace}' do not match any of the allowed destinations in project '{project.Name}'");
    }

    private ProjectRules? TryGet(string name)
    {
        var found = informer.TryGet(new NamespacedName(controlNamespace, name));
        return found is null
            ? name == DefaultName ? new ProjectRules(DefaultName, DefaultSpec()) : null
            : new ProjectRules(name, found.Json["spec"] as JsonObject ?? []);
    }

    private static string? SourceProblem(Application application, ProjectRules project)
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

    private static string? SourceProblem(Application application, ProjectRules project, ApplicationSource source) => source switch
    {
        { RepoUrl: "" } => "spec.source.repoURL and either source.path or source.chart are required",
        { Chart.Length: > 0, TargetRevision: "" } => "spec.source.targetRevision is required if the manifest source is a helm chart",
        { Ref.Length: > 0, Chart.Length: > 0 } => $"source with ref '{source.Ref}' cannot be a chart: a ref names files of a git repository",
        { Path: "", Chart: "", Ref: "" } => "spec.source.repoURL and either source.path or source.chart are required",
        { Ref.Length: > 0 } when !application.HasManySources => "spec.source.ref is only for spec.sources",
        _ => project.PermitsSource(source.RepoUrl) ? null : $"application repo {source.RepoUrl} is not permitted in project '{project.Name}'",
    };

    private static Permission Refused(string problem) => new(null, null, problem);

    private static JsonObject DefaultSpec() => new()
    {
        ["sourceRepos"] = new JsonArray("*"),
        ["destinations"] = new JsonArray(new JsonObject { ["server"] = "*", ["namespace"] = "*" }),
        ["clusterResourceWhitelist"] = new JsonArray(new JsonObject { ["group"] = "*", ["kind"] = "*" }),
    };
}
