using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Applying;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Tools;
using SecretsOps.GitOps.Tracking;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Discovery;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Preview;

/// <summary>Tells what applying would change, in a cluster by its own word (a server-side dry run), or between two renderings.</summary>
public sealed class ChangePlanner(ApiClient client, string searchPath, TimeProvider clock)
{
    private const int Parallelism = 8;

    private readonly ApiDiscovery _discovery = new(client);
    private readonly IgnoredFields _ignored = new(new ToolBox(searchPath, clock));

    /// <summary>What would change from one rendering to another; no cluster is asked.</summary>
    public static ChangePlan Compare(PreviewedManifests before, PreviewedManifests after)
    {
        var old = ByKey(before);
        var current = ByKey(after);
        var keys = old.Keys.Union(current.Keys).OrderBy(key => ApplyOrder.KindRank(key.Kind)).ThenBy(key => key.ToString(), StringComparer.Ordinal);
        return new ChangePlan([.. keys.Select(key => Hidden(ObjectDifference.Between(key, old.GetValueOrDefault(key), current.GetValueOrDefault(key), after.Opened), before))]);
    }

    /// <summary>What applying to the cluster would change; objects without a namespace go to <paramref name="namespace"/>.</summary>
    /// <exception cref="ApiException">The cluster cannot be asked.</exception>
    public Task<ChangePlan> PlanAsync(PreviewedManifests wanted, string @namespace, CancellationToken cancellationToken) =>
        PlanAsync(null, wanted, @namespace, cancellationToken);

    /// <summary>What syncing an Application to a rendering would change, with its options, its ignored fields, and what would be pruned.</summary>
    /// <exception cref="ApiException">The cluster cannot be asked.</exception>
    public async Task<ChangePlan> PlanApplicationAsync(KubernetesObject application, PreviewedManifests wanted, string controlNamespace, CancellationToken cancellationToken)
    {
        var model = new Application(application, controlNamespace);
        var plan = await PlanAsync(model, wanted, model.Destination.Namespace, cancellationToken);
        var present = plan.Changes.Select(change => change.Key).ToHashSet();
        var pruned = new List<PlannedChange>();
        foreach (var live in await OwnedAsync(model, cancellationToken))
        {
            if (!present.Contains(live.Key))
            {
                pruned.Add(ObjectDifference.Between(live.Key, live, null, wanted.Opened));
            }
        }

        return new ChangePlan([.. plan.Changes, .. pruned]);
    }

    /// <summary>An Application's objects as they are in the cluster, masked for showing, as YAML texts.</summary>
    public async Task<IReadOnlyList<string>> LiveTextsAsync(KubernetesObject application, string controlNamespace, CancellationToken cancellationToken) =>
        [.. (await OwnedAsync(new Application(application, controlNamespace), cancellationToken)).Select(live => ObjectDifference.Shown(live, null))];

    /// <summary>Rendered objects, masked for showing, as YAML texts.</summary>
    public static IReadOnlyList<string> Texts(PreviewedManifests manifests) => [.. manifests.Objects.Select(value => ObjectDifference.Shown(value, manifests.Opened))];

    private async Task<ChangePlan> PlanAsync(Application? application, PreviewedManifests wanted, string @namespace, CancellationToken cancellationToken)
    {
        List<KubernetesObject> objects = [.. wanted.Objects.Where(value => !IsHook(value)).Select(value => value.DeepClone())
            .OrderBy(ApplyOrder.WaveOf).ThenBy(value => ApplyOrder.KindRank(value.Kind))];
        var changes = new PlannedChange[objects.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, objects.Count), options, async (index, token) =>
            changes[index] = await PlanAsync(application, objects[index], @namespace, wanted.Opened, token));
        return new ChangePlan(changes);
    }

    private async Task<PlannedChange> PlanAsync(Application? application, KubernetesObject wanted, string @namespace, PlaintextLedger opened, CancellationToken cancellationToken)
    {
        var resource = await _discovery.ResolveAsync(wanted.Gvk, cancellationToken);
        if (resource is null)
        {
            return ObjectDifference.Between(wanted.Key, null, wanted, opened) with { Problem = $"{wanted.Gvk} is not known to the cluster yet" };
        }

        wanted.Namespace = !resource.IsNamespaced ? "" : wanted.Namespace.Length > 0 ? wanted.Namespace : @namespace;
        var live = await client.TryGetAsync(resource, wanted.Namespace, wanted.Name, cancellationToken);
        if (live is null)
        {
            return ObjectDifference.Between(wanted.Key, null, wanted, opened);
        }

        try
        {
            return await CompareAsync(application, resource, wanted, live, opened, cancellationToken);
        }
        catch (ApiException refused) when (!refused.IsTransient)
        {
            return new PlannedChange { Key = wanted.Key, Action = PlannedAction.Refuse, Problem = opened.Hide(refused.Message) };
        }
    }

    private async Task<PlannedChange> CompareAsync(Application? application, ApiResource resource, KubernetesObject wanted, KubernetesObject live, PlaintextLedger opened, CancellationToken cancellationToken)
    {
        if (application is not null && wanted.Kind != "CustomResourceDefinition")
        {
            wanted.SetAnnotation(Annotations.TrackingId, TrackingId.For(application.InstanceName, wanted, application.Destination.Namespace).ToString());
        }

        var validation = ObjectWriter.Validation(application?.SyncOptions ?? new SyncOptions([]), wanted);
        var predicted = await client.ApplyAsync(resource, wanted, ObjectWriter.ApplyOptions(isDryRun: true, validation), cancellationToken);
        List<IgnoreRule> rules = [.. application?.IgnoreRules.Where(rule => rule.Covers(wanted.Key)) ?? []];
        var (left, right) = rules.Count == 0 ? (predicted, live) : await _ignored.StripAsync(predicted, live, rules, cancellationToken);
        return ObjectDifference.Between(wanted.Key, right, left, opened);
    }

    private async Task<IReadOnlyList<KubernetesObject>> OwnedAsync(Application application, CancellationToken cancellationToken)
    {
        var owned = new List<KubernetesObject>();
        foreach (var listed in application.Status.ObjectsAt("resources").Where(listed => !listed.FlagAt("hook")))
        {
            var gvk = new GroupVersionKind(listed.TextAt("group"), listed.TextAt("version"), listed.TextAt("kind"));
            if (await _discovery.ResolveAsync(gvk, cancellationToken) is { } resource
                && await client.TryGetAsync(resource, listed.TextAt("namespace"), listed.TextAt("name"), cancellationToken) is { } live
                && (live.Kind == "CustomResourceDefinition" || TrackingId.Of(live)?.Application == application.InstanceName))
            {
                owned.Add(live);
            }
        }

        return owned;
    }

    private static bool IsHook(KubernetesObject value) => HookSettings.Read(value) is { IsHook: true } or { IsSkipped: true };

    private static Dictionary<ObjectKey, KubernetesObject> ByKey(PreviewedManifests manifests)
    {
        var objects = new Dictionary<ObjectKey, KubernetesObject>();
        foreach (var value in manifests.Objects)
        {
            objects[value.Key] = value;
        }

        return objects;
    }

    private static PlannedChange Hidden(PlannedChange change, PreviewedManifests also) =>
        change with { Difference = [.. change.Difference.Select(also.Opened.Hide)] };
}
