using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Inventory;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Diffing;

/// <summary>How much a comparison tells.</summary>
internal enum DiffDetail
{
    /// <summary>Whether there is a difference.</summary>
    Plain,

    /// <summary>Also which fields differ and who wrote them.</summary>
    Explained,
}

/// <summary>Compares targets with the cluster by asking the server what applying would make of each, and only where digests do not know already.</summary>
internal sealed class Differ(IgnoredFields ignoredFields, KeyedDigest digest, TimeProvider clock)
{
    private const int Parallelism = 8;

    /// <summary>Compares everything; with <see cref="DiffDetail.Explained"/> each difference also says who made it.</summary>
    public async Task<DiffResult> DiffAsync(Application application, DestinationCluster cluster, IReadOnlyList<Target> targets, InSyncRecords records, DiffDetail detail, CancellationToken cancellationToken)
    {
        var entries = new DiffEntry[targets.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, targets.Count), options, async (index, token) =>
            entries[index] = await CompareAsync(application, cluster, targets[index], records, detail, token));
        var wanted = targets.Select(target => target.Key).ToHashSet();
        var leftOver = cluster.Inventory.OwnedBy(application.InstanceName)
            .Where(live => !wanted.Contains(live.Key) && !live.HasOwner && !live.IsHook && !IsApplicationItself(application, live))
            .Select(live => new DiffEntry(null, live, live.IsExtraneous ? SyncCode.Synced : SyncCode.OutOfSync));
        return new DiffResult([.. entries, .. leftOver.OrderBy(entry => entry.Live!.Key.ToString(), StringComparer.Ordinal)]);
    }

    private async Task<DiffEntry> CompareAsync(Application application, DestinationCluster cluster, Target target, InSyncRecords records, DiffDetail detail, CancellationToken cancellationToken)
    {
        var live = target.Key.Name.Length == 0 ? null : cluster.Inventory.TryGet(target.Key);
        if (!target.IsCompared || live is null || target.Resource is null)
        {
            return new DiffEntry(target, live, target.IsCompared ? SyncCode.OutOfSync : SyncCode.Synced);
        }

        if (target.IsLastingHook)
        {
            target.Object.SetAnnotation(Annotations.SyncId, live.SyncId.Length > 0 ? live.SyncId : null); // which run made it is no difference
        }

        if (records.Holds(target.Key, target.Digest, live))
        {
            return new DiffEntry(target, live, SyncCode.Synced);
        }

        try
        {
            var isEqual = await ServerFaults.InsistAsync(() => IsEqualAsync(application, cluster, target, live, cancellationToken), clock, cancellationToken);
            if (isEqual && cluster.Inventory.TryGet(target.Key) is { } current && current.ContentDigest == live.ContentDigest)
            {
                records.Set(target, current);
            }

            var explanation = isEqual || detail == DiffDetail.Plain ? "" : await ExplainAsync(cluster, target, cancellationToken);
            return new DiffEntry(target, live, isEqual ? SyncCode.Synced : SyncCode.OutOfSync) { Explanation = explanation };
        }
        catch (ApiException exception) when (!exception.IsTransient || ObjectWriter.IsMisfit(exception))
        {
            // What the server refuses to apply differs for sure; the sync itself will say why.
            return new DiffEntry(target, live, SyncCode.OutOfSync, exception.Message);
        }
        catch (ApiException exception) when (ServerFaults.IsFault(exception))
        {
            // A webhook or an aggregated server behind this kind is down: the other objects are compared all the same.
            return new DiffEntry(target, live, SyncCode.Unknown, exception.Message);
        }
    }

    private static async Task<string> ExplainAsync(DestinationCluster cluster, Target target, CancellationToken cancellationToken) =>
        await cluster.Client.TryGetAsync(target.Resource!, target.Key.Namespace, target.Key.Name, cancellationToken) is { } live
            ? string.Join(", ", DriftExplanation.Explain(target.Object, live))
            : "";

    private async Task<bool> IsEqualAsync(Application application, DestinationCluster cluster, Target target, LiveObject live, CancellationToken cancellationToken)
    {
        var predicted = await PredictAsync(application, cluster, target, live, cancellationToken);
        List<IgnoreRule> rules = [.. application.IgnoreRules.Where(rule => rule.Covers(target.Key))];
        var version = predicted.ResourceVersion;
        var isComparable = rules.Count == 0 && target.Resource == live.Resource;
        if (isComparable && digest.Of(ComparableContent.Of(predicted).Json) == live.ContentDigest)
        {
            return true;
        }

        if (isComparable && version == live.ResourceVersion)
        {
            return false;
        }

        // Rules need the live fields themselves, a watch may follow another version of the kind, or lag behind.
        var current = await cluster.Client.TryGetAsync(target.Resource!, target.Key.Namespace, target.Key.Name, cancellationToken);
        if (current is null)
        {
            return false;
        }

        var (left, right) = await ignoredFields.StripAsync(predicted, current, rules, cancellationToken);
        return digest.Of(ComparableContent.Of(left).Json) == digest.Of(ComparableContent.Of(right).Json);
    }

    private static Task<KubernetesObject> PredictAsync(Application application, DestinationCluster cluster, Target target, LiveObject live, CancellationToken cancellationToken)
    {
        if (!application.SyncOptions.IsSetFor(target.Object, "Replace"))
        {
            return ObjectWriter.TryOutAsync(cluster, target, target.Resource!, application.SyncOptions, cancellationToken);
        }

        var replacement = target.Object.DeepClone();
        replacement.Metadata["resourceVersion"] = live.ResourceVersion;
        return cluster.Client.UpdateAsync(target.Resource!, replacement, new WriteOptions { DryRun = true, FieldManager = ObjectWriter.FieldManager }, cancellationToken);
    }

    private static bool IsApplicationItself(Application application, LiveObject live) =>
        live.Key.Kind == "Application" && live.Key.Group == "argoproj.io" && live.Key.Name == application.Key.Name && live.Key.Namespace == application.Key.Namespace;
}
