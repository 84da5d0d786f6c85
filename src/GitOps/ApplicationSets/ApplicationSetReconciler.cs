using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Engine;
using SecretsOps.GitOps.Sources;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Kubernetes.Reconciling;
using SecretsOps.Kubernetes.Watching;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>Brings the Applications of one ApplicationSet to what its generators and template say, as far as its policy allows.</summary>
internal sealed partial class ApplicationSetReconciler(
    ApiClient client, Informer sets, ApplicationStore applications, ProjectStore projects, ClusterRegistry clusters, RepositoryStore repositories,
    ApplicationSetChanges changes, EngineOptions options, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<NamespacedName, IReadOnlySet<string>> _repositories = new();

    /// <summary>The identities of the repositories that a set's generators read when they last ran.</summary>
    public IEnumerable<string> UsedRepositories => _repositories.Values.SelectMany(identities => identities);

    /// <summary>Whether a set's generators read a repository when they last ran.</summary>
    public bool Uses(NamespacedName set, string identity) => _repositories.TryGetValue(set, out var identities) && identities.Contains(identity);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        if (sets.TryGet(name) is not { } set)
        {
            _repositories.TryRemove(name, out _);
            return ReconcileResult.Done;
        }

        var spec = new ApplicationSetSpec(set);
        if (set.IsBeingDeleted)
        {
            await changes.ReleaseAsync(spec, Owned(set), cancellationToken);
            return ReconcileResult.Done;
        }

        var result = await GenerateAsync(spec, cancellationToken);
        var status = new ApplicationSetStatus(set, clock);
        status.SetOutcome(result.Outcome);
        status.SetResources(Owned(set));
        await WriteAsync(set, status, cancellationToken);
        return result.Next;
    }

    private async Task<(ApplicationSetOutcome Outcome, ReconcileResult Next)> GenerateAsync(ApplicationSetSpec spec, CancellationToken cancellationToken)
    {
        var isRefresh = spec.Object.Annotation(Annotations.ApplicationSetRefresh) is not null;
        var since = isRefresh ? clock.GetUtcNow() : clock.GetUtcNow() - options.PollInterval;
        var inputs = new ApplicationSetInputs(clusters, repositories, ProjectOf(spec), since);
        try
        {
            var policy = spec.Policy;
            var generated = await new ApplicationSetGeneration(inputs).GenerateAsync(spec, cancellationToken);
            _repositories[spec.Object.NamespacedName] = inputs.Used;
            return await ApplyAsync(spec, policy, generated, cancellationToken);
        }
        catch (Exception exception) when (exception is ApplicationSetException or FormatException)
        {
            // A passing fault must never look like an empty result: nothing is created, updated or deleted.
            _repositories.AddOrUpdate(spec.Object.NamespacedName, inputs.Used, (_, before) => before.Union(inputs.Used).ToHashSet());
            LogFailed(logger, spec.Object.NamespacedName, exception.Message);
            return (ApplicationSetOutcome.Failed(ApplicationSetReason.ParametersFailed, exception.Message), ReconcileResult.RequeueAfter(DefaultInterval, "the generators failed"));
        }
    }

    private async Task<(ApplicationSetOutcome Outcome, ReconcileResult Next)> ApplyAsync(
        ApplicationSetSpec spec, ApplicationSetPolicy policy, GeneratedApplications generated, CancellationToken cancellationToken)
    {
        var checkedOnes = generated.Applications.Select(application => (Application: application, Problem: Problem(application))).ToList();
        List<string> invalid = [.. generated.Problems, .. checkedOnes.Select(entry => entry.Problem).OfType<string>()];
        var failures = await changes.BringAsync(spec, policy, [.. checkedOnes.Where(entry => entry.Problem is null).Select(entry => entry.Application)], cancellationToken);
        var kept = await changes.RemoveAsync(spec, policy, Owned(spec.Object), generated, cancellationToken);
        var outcome = invalid.Count > 0 ? ApplicationSetOutcome.Invalid(string.Join("; ", invalid))
            : failures.Count > 0 ? ApplicationSetOutcome.Invalid(string.Join("; ", failures)) with { Reason = ApplicationSetReason.WriteFailed }
            : kept is not null ? ApplicationSetOutcome.Invalid(kept) with { Reason = ApplicationSetReason.NothingGenerated }
            : ApplicationSetOutcome.UpToDate;
        return (outcome, Next(spec, failures.Count > 0));
    }

    private string? Problem(KubernetesObject application)
    {
        var read = new Application(application, options.ControlNamespace);
        if (!projects.Exists(read.Project))
        {
            return $"application {application.Name}: Application referencing project {read.Project} which does not exist";
        }

        return clusters.Find(read.Destination).Problem is { Length: > 0 } problem ? $"application {application.Name}: application destination spec is invalid: {problem}" : null;
    }

    private static ReconcileResult Next(ApplicationSetSpec spec, bool hasFailed)
    {
        if (hasFailed)
        {
            return ReconcileResult.RequeueAfter(TimeSpan.FromSeconds(5), "an Application could not be written");
        }

        var intervals = GitBlocks(spec.Generators).Select(git => git.NumberAt("requeueAfterSeconds") is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : DefaultInterval).ToList();
        return intervals.Count == 0 ? ReconcileResult.Done : ReconcileResult.RequeueAfter(intervals.Min(), "generators look at repositories again");
    }

    private static IEnumerable<JsonObject> GitBlocks(IEnumerable<JsonNode?> nodes)
    {
        foreach (var node in nodes)
        {
            var children = node is JsonObject json ? json.Select(entry => entry.Value) : node as JsonArray ?? Enumerable.Empty<JsonNode?>();
            foreach (var found in GitBlocks(children))
            {
                yield return found;
            }

            if ((node as JsonObject)?["git"] is JsonObject git)
            {
                yield return git;
            }
        }
    }

    // A project that comes from a parameter is not known before the repository was read: such a set gets no project's credentials.
    private static string ProjectOf(ApplicationSetSpec spec) =>
        ApplicationSetSpec.Text(spec.Template["spec"]?["project"]) is { } project && !project.Contains("{{", StringComparison.Ordinal) ? project : "";

    private List<Application> Owned(KubernetesObject set) =>
        [.. applications.All().Where(application => ApplicationOwner.Is(application.Object, set)).OrderBy(application => application.Key.Name, StringComparer.Ordinal)];

    private async Task WriteAsync(KubernetesObject set, ApplicationSetStatus status, CancellationToken cancellationToken)
    {
        try
        {
            if (set.Annotation(Annotations.ApplicationSetRefresh) is not null)
            {
                var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Annotations.ApplicationSetRefresh] = null } } };
                await PatchAsync(set, patch, "", cancellationToken);
            }

            if (status.Patch() is { } changed)
            {
                await PatchAsync(set, new JsonObject { ["status"] = changed }, "status", cancellationToken);
            }
        }
        catch (ApiException exception) when (exception.IsNotFound)
        {
            // It was deleted in the meantime: nobody is left to be told.
        }
    }

    private Task<KubernetesObject> PatchAsync(KubernetesObject set, JsonObject patch, string subresource, CancellationToken cancellationToken) => client.PatchAsync(
        ApiResource.ApplicationSets, set.Namespace, set.Name, PatchType.Merge, Encoding.UTF8.GetBytes(patch.ToJsonString()),
        new PatchOptions { FieldManager = ApplicationSetChanges.FieldManager, Subresource = subresource }, cancellationToken);

    [LoggerMessage(EventId = 60, Level = LogLevel.Warning, Message = "ApplicationSet {Set}: nothing is changed: {Reason}")]
    private static partial void LogFailed(ILogger logger, NamespacedName set, string reason);
}
