using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Diffing;
using SecretsOps.GitOps.Status;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>Compares a live Application with the generated one: labels, annotations, finalizers and spec are the set's, except what is to be left alone.</summary>
internal sealed class ApplicationMerge(IgnoredFields ignored)
{
    private static readonly string[] AlwaysKept = [Annotations.Refresh, Annotations.Hydrate];

    /// <summary>A merge patch that makes the live Application what was generated; null when it is.</summary>
    public async Task<JsonObject?> PatchAsync(ApplicationSetSpec spec, Application live, KubernetesObject generated, CancellationToken cancellationToken)
    {
        var before = new KubernetesObject(Relevant(live.Object));
        var after = new KubernetesObject(Relevant(generated));
        after.Metadata["ownerReferences"] = ApplicationOwner.With(live.Object.Metadata["ownerReferences"] as JsonArray, spec.Object);
        Keep(live.Object, after, "labels", spec.PreservedLabels.Contains);
        Keep(live.Object, after, "annotations", key => AlwaysKept.Contains(key) || key.StartsWith(Annotations.Notified, StringComparison.Ordinal) || spec.PreservedAnnotations.Contains(key));
        KeepFinalizers(live, after);
        (after, before) = await ignored.StripAsync(after, before, Rules(spec, live.Key.Name), cancellationToken);
        return MergePatch.Between(before.Json, after.Json);
    }

    private static JsonObject Relevant(KubernetesObject application)
    {
        var metadata = new JsonObject();
        foreach (var name in new[] { "labels", "annotations", "finalizers", "ownerReferences" })
        {
            if (application.Metadata[name] is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
            {
                metadata[name] = application.Metadata[name]!.DeepClone();
            }
        }

        return new JsonObject { ["metadata"] = metadata, ["spec"] = application.Json["spec"]?.DeepClone() ?? new JsonObject() };
    }

    private static void Keep(KubernetesObject live, KubernetesObject after, string map, Func<string, bool> isKept)
    {
        foreach (var (key, value) in live.Metadata.MapAt(map).Where(entry => isKept(entry.Key)))
        {
            if (after.Metadata[map] is not JsonObject target)
            {
                after.Metadata[map] = target = [];
            }

            target[key] = value;
        }
    }

    // Whoever deletes relies on these two: they are added by the Application's own users.
    private static void KeepFinalizers(Application live, KubernetesObject after)
    {
        var wanted = after.Metadata.TextsAt("finalizers");
        var kept = live.Finalizers.Where(name => !wanted.Contains(name)
            && (name.StartsWith(Annotations.PreDeleteFinalizer, StringComparison.Ordinal) || name.StartsWith(Annotations.PostDeleteFinalizer, StringComparison.Ordinal))).ToList();
        if (kept.Count > 0)
        {
            after.Metadata["finalizers"] = new JsonArray([.. wanted.Concat(kept).Select(name => (JsonNode)name)]);
        }
    }

    private static IReadOnlyList<IgnoreRule> Rules(ApplicationSetSpec spec, string application) =>
        [.. spec.IgnoredApplicationDifferences.Where(rule => rule.TextAt("name") is "" || rule.TextAt("name") == application).Select(rule => new IgnoreRule(rule))];
}
