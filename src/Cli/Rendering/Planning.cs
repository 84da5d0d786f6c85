using System.CommandLine;
using SecretsOps.Cli.Applications;
using SecretsOps.GitOps.Preview;
using SecretsOps.Kubernetes.Client;

namespace SecretsOps.Cli.Rendering;

/// <summary>What a plan is about.</summary>
/// <param name="Subject">A folder or the name of an Application.</param>
/// <param name="Revision">The revision to look at; empty for the files as they are, or what the Application names.</param>
/// <param name="Against">The revision to compare with; empty for the cluster.</param>
/// <param name="LocalRoot">A folder that stands in for the Application's first repository, or empty.</param>
internal sealed record PlanQuestion(string Subject, string Revision, string Against, string LocalRoot);

/// <summary>Renders both sides of a plan and compares them; shared by <c>plan</c> and <c>app diff</c>.</summary>
internal sealed class Planning(CliEnvironment environment, SourceOptions source, AppConnection connection)
{
    public Task<ChangePlan> PlanAsync(ParseResult parsed, PlanQuestion question, CancellationToken cancellationToken)
    {
        var isFolder = question.Subject is "." or ".." || question.Subject.StartsWith("./", StringComparison.Ordinal) || question.Subject.StartsWith('/') || Directory.Exists(environment.PathOf(question.Subject));
        return isFolder ? PlanFolderAsync(parsed, question, cancellationToken) : PlanApplicationAsync(parsed, question, cancellationToken);
    }

    /// <summary>The manifests of an Application as Git has them, opened; the caller disposes them.</summary>
    public async Task<PreviewedManifests> RenderAsync(ParseResult parsed, AppView application, string revision, string localRoot, ApiClient client, CancellationToken cancellationToken)
    {
        var options = source.Read(parsed, environment, application.Object.Name) with { Name = application.Object.Name, Project = application.Project };
        options = options with { Namespace = application.Namespace.Length > 0 ? application.Namespace : options.Namespace };
        if (options.KubernetesVersion.Length == 0)
        {
            options = options with { KubernetesVersion = await VersionAsync(client, cancellationToken).ConfigureAwait(false) };
        }

        options = options with { Repositories = await PreviewRepositories.ReadAsync(client, application.Object.Namespace, cancellationToken).ConfigureAwait(false) };

        return await new ManifestPreview(options).RenderApplicationAsync(application.Object, revision, localRoot, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ChangePlan> PlanFolderAsync(ParseResult parsed, PlanQuestion question, CancellationToken cancellationToken)
    {
        var place = SourceFolder.Find(question.Subject, source.GivenRoot(parsed), environment);
        var preview = new ManifestPreview(source.Read(parsed, environment, Path.Combine(place.Root, place.Folder)));
        using var wanted = await RenderAsync(preview, place, question.Revision, cancellationToken).ConfigureAwait(false);
        if (question.Against.Length > 0)
        {
            using var before = await RenderAsync(preview, place, question.Against, cancellationToken).ConfigureAwait(false);
            return ChangePlanner.Compare(before, wanted);
        }

        using var client = connection.Open(parsed, environment);
        var planner = new ChangePlanner(client, environment.Variable("PATH") ?? "", environment.Time);
        return await planner.PlanAsync(wanted, source.Namespace(parsed, environment) is { Length: > 0 } given ? given : "default", cancellationToken).ConfigureAwait(false);
    }

    public async Task<ChangePlan> PlanApplicationAsync(ParseResult parsed, PlanQuestion question, CancellationToken cancellationToken)
    {
        using var applications = new AppClient(connection.Open(parsed, environment), connection.Namespace(parsed));
        var application = await applications.GetAsync(applications.Locate(question.Subject), cancellationToken).ConfigureAwait(false);
        using var wanted = await RenderAsync(parsed, application, question.Revision, question.LocalRoot, applications.Api, cancellationToken).ConfigureAwait(false);
        if (question.Against.Length > 0)
        {
            using var before = await RenderAsync(parsed, application, question.Against, "", applications.Api, cancellationToken).ConfigureAwait(false);
            return ChangePlanner.Compare(before, wanted);
        }

        var planner = new ChangePlanner(applications.Api, environment.Variable("PATH") ?? "", environment.Time);
        return await planner.PlanApplicationAsync(application.Object, wanted, connection.Namespace(parsed), cancellationToken).ConfigureAwait(false);
    }

    private static Task<PreviewedManifests> RenderAsync(ManifestPreview preview, SourceFolder place, string revision, CancellationToken cancellationToken) => revision.Length > 0
        ? preview.RenderRevisionAsync(place.Root, place.Folder, revision, cancellationToken)
        : preview.RenderFolderAsync(place.Root, place.Folder, cancellationToken);

    private static async Task<string> VersionAsync(ApiClient client, CancellationToken cancellationToken)
    {
        var version = await new Kubernetes.Discovery.ApiDiscovery(client).ServerVersionAsync(cancellationToken).ConfigureAwait(false);
        return (version["gitVersion"]?.ToString() ?? "").TrimStart('v');
    }
}
