using System.Diagnostics;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Projects;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Telemetry;

namespace SecretsOps.GitOps;

/// <summary>
/// From commits to a cluster that holds what they say. Read this file first; each stage is a folder.
/// <code>
/// 1. artifacts = Sources     the trees of the commits                    ciphertext, as Git has it
/// 2. rendered  = Rendering   Directory, Kustomize, Helm or a plugin; a DecryptingTree opens whole
///                            SOPS files, MAC verified, as they are read  plaintext begins here
/// 3. manifests = Decryption  what arrived still encrypted; no ciphertext passes the guard
/// 4. targets   = Applying    namespace and tracking id filled in, digest taken
/// 5. diff      = Diffing     what applying would change, by the server's own word
/// 6. operation               carried on, begun by automated sync, or none
/// 7. progress  = Applying    phases and waves; Pruning within its waves; unchanged objects are left alone
/// 8. health    = Health      the worst of what is managed             plaintext ended with the manifests
/// </code>
/// </summary>
internal sealed class SyncPipeline(
    SourceFetcher sources, SourceRenderer renderer, ManifestOpener opener, Differ differ, OperationRunner runner, KeyedDigest digest)
{
    /// <exception cref="SourceException">A source cannot be fetched or read.</exception>
    /// <exception cref="RenderException">A source cannot be rendered.</exception>
    /// <exception cref="DecryptionException">An encrypted file or object cannot be opened: nothing was applied or pruned.</exception>
    public async Task<SyncResult> RunAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        // 1. and 2.
        var artifacts = await StageAsync("fetch", () => sources.FetchAsync(request.Sources, request.Revisions, cancellationToken));
        var (rendered, inputs) = await StageAsync("render", () => renderer.RenderAsync(request, artifacts, cancellationToken));

        // 3. From here on nothing is encrypted; disposing lets go of the plaintext.
        using var manifests = await StageAsync("decrypt", () => opener.OpenAsync(rendered, request.Application.AsksToUnseal ? Unsealing.Wanted : Unsealing.NotWanted, request.Application.Destination.Namespace, cancellationToken));

        // 4.
        var targets = await new TargetBuilder(request.Cluster, digest).BuildAsync(request.Application, manifests, cancellationToken);
        var broken = await WatchAsync(request, targets, cancellationToken);

        var discretion = new Discretion(rendered.SelectMany(source => source.Opened), manifests.Manifests.Select(manifest => manifest.Object), request.Files);

        // 5.
        var diff = await StageAsync("diff", () => DiffAsync(request, targets, request.Detail, discretion, cancellationToken));

        // 6. and 7.
        var operation = targets.Errors.Count > 0 ? null : request.Decide(diff);
        var progress = operation is null ? null : await StageAsync("apply", () => AdvanceAsync(request, operation, diff, discretion, cancellationToken));
        var before = diff;
        diff = progress is null ? diff : await DiffAsync(request, targets, DiffDetail.Plain, discretion, cancellationToken);

        // 8.
        using var last = EngineTelemetry.Stage("health");
        return new SyncResult
        {
            Inputs = inputs,
            SourceTypes = manifests.SourceTypes,
            Targets = targets,
            Diff = diff,
            DiffBefore = before,
            Health = HealthReport.From(diff, request.Cluster.Inventory, request.Application.Key),
            Operation = operation,
            Progress = progress,
            BrokenKinds = broken,
        };
    }

    /// <summary>Stages 1 to 4 alone, for an Application that is being deleted: what it would deploy.</summary>
    public async Task<IReadOnlyList<Target>> TargetsAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        var artifacts = await sources.FetchAsync(request.Sources, request.Revisions, cancellationToken);
        var (rendered, _) = await renderer.RenderAsync(request, artifacts, cancellationToken);
        using var manifests = await opener.OpenAsync(rendered, request.Application.AsksToUnseal ? Unsealing.Wanted : Unsealing.NotWanted, request.Application.Destination.Namespace, cancellationToken);
        return (await new TargetBuilder(request.Cluster, digest).BuildAsync(request.Application, manifests, cancellationToken)).Targets;
    }

    private static async Task<T> StageAsync<T>(string name, Func<Task<T>> run)
    {
        using var span = EngineTelemetry.Stage(name);
        try
        {
            return await run();
        }
        catch (Exception exception)
        {
            // The kind of failure only: what a stage says of a failure is for the Application's own status.
            span?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            throw;
        }
    }

    private static async Task<IReadOnlyList<string>> WatchAsync(SyncRequest request, TargetSet targets, CancellationToken cancellationToken)
    {
        request.Cluster.Inventory.Follow(targets.Targets.Select(target => target.Key), request.Application.InstanceName);
        var kinds = targets.Targets.Select(target => target.Resource).OfType<Kubernetes.Client.ApiResource>();
        if (request.Project.MonitorsOrphans)
        {
            var served = (await request.Cluster.Discovery.AllAsync(cancellationToken)).Resources;
            kinds = kinds.Concat(served.Where(found => found.Resource.IsNamespaced && found.Verbs.Contains("list") && found.Verbs.Contains("watch")).Select(found => found.Resource));
        }

        return await request.Cluster.WatchAsync(kinds, cancellationToken);
    }

    private async Task<DiffResult> DiffAsync(SyncRequest request, TargetSet targets, DiffDetail detail, Discretion discretion, CancellationToken cancellationToken) => await discretion.HideAsync(
        await differ.DiffAsync(request.Application, request.Cluster, targets.Targets, request.Records, detail, cancellationToken), cancellationToken);

    private async Task<OperationProgress> AdvanceAsync(SyncRequest request, ActiveOperation operation, DiffResult diff, Discretion discretion, CancellationToken cancellationToken)
    {
        var context = new OperationContext
        {
            Application = request.Application,
            Cluster = ServiceAccounts.ActingCluster(request.Project, request.Cluster, request.Application),
            Operation = operation.Operation,
            Options = request.Application.SyncOptions.With(operation.Operation.Options),
            Records = request.Records,
            Revision = request.Revisions[0],
            StartedAt = operation.StartedAt,
            RetryCount = operation.RetryCount,
            Recorded = operation.Recorded,
            IsDeletionApproved = DeletionApproval.IsGiven(request.Application, operation.StartedAt),
            Forbids = task => request.Project.Refusal(task, request.Cluster.Server, request.ClusterName),
            HideAsync = discretion.HideAsync,
            CheckpointAsync = (done, token) => request.CheckpointAsync(operation, done, token),
        };
        var tasks = TaskResults.Restore(TaskPlan.Build(diff, context), operation.Recorded);
        if (operation.IsTerminating)
        {
            return await OperationRunner.TerminateAsync(tasks, context, cancellationToken);
        }

        if (operation.Recorded is null && tasks.Any(task => task.IsHook || task.Phase != tasks[0].Phase || task.Wave != tasks[0].Wave))
        {
            await request.RecordStartAsync(operation, cancellationToken);
        }

        return await runner.AdvanceAsync(tasks, operation.Recorded is null, context, cancellationToken);
    }
}
