using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Health;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Tracking;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>All that one Application wants in its cluster, and what was odd about it.</summary>
internal sealed record TargetSet(IReadOnlyList<Target> Targets, IReadOnlyList<string> Errors, IReadOnlyList<string> Repeated)
{
    /// <summary>What was left out because its kind is none of the engine's business.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];
}

/// <summary>Makes targets of manifests: scope looked up, namespace filled in, duplicates resolved, tracking id set, digest taken.</summary>
internal sealed class TargetBuilder(DestinationCluster cluster, KeyedDigest digest)
{
    public async Task<TargetSet> BuildAsync(Application application, DecryptedManifests manifests, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        var excluded = new List<string>();
        var targets = new Dictionary<ObjectKey, Target>();
        var counts = new Dictionary<ObjectKey, int>();
        var definitions = DefinedKinds(manifests.Manifests);
        foreach (var manifest in manifests.Manifests)
        {
            if (manifest.Object.Name.Length == 0 && ObjectFields.Text(manifest.Object.Metadata["generateName"]).Length == 0)
            {
                errors.Add($"'{manifest.Origin}': a {manifest.Object.Kind} has no metadata.name");
                continue;
            }

            if (cluster.Excludes(manifest.Object.Gvk.Group, manifest.Object.Kind))
            {
                excluded.Add($"Resource {manifest.Object.Gvk.Group}/{manifest.Object.Kind} {manifest.Object.Name} is excluded in the settings");
                continue;
            }

            var resource = await cluster.Discovery.ResolveAsync(manifest.Object.Gvk, cancellationToken);
            var isNamespaced = resource?.IsNamespaced ?? definitions.GetValueOrDefault((manifest.Object.Gvk.Group, manifest.Object.Kind), true);
            var target = Build(application, manifest, resource, isNamespaced, errors);
            var identity = target.Key.Name.Length > 0 ? target.Key : target.Key with { Name = $"{manifest.Origin}#{targets.Count}" };
            targets[identity] = target; // the last source wins
            counts[identity] = counts.GetValueOrDefault(identity) + 1;
        }

        List<string> repeated = [.. counts.Where(count => count.Value > 1).Select(count => $"Resource {Describe(count.Key)} appeared {count.Value} times among application resources.")];
        AddManagedNamespace(application, targets);
        return new TargetSet([.. targets.Values], errors, repeated) { Excluded = excluded };
    }

    // Compatibility: a namespace that is made with metadata is compared and corrected, but carries no tracking id and outlives the Application.
    private void AddManagedNamespace(Application application, Dictionary<ObjectKey, Target> targets)
    {
        var value = new KubernetesObject(ApiResource.Namespaces.Gvk, "", application.Destination.Namespace);
        if (!application.SyncOptions.CreatesNamespace || application.SyncPolicy.ManagedNamespaceMetadata is not { } metadata || value.Name.Length == 0 || targets.ContainsKey(value.Key))
        {
            return;
        }

        foreach (var part in new[] { "labels", "annotations" })
        {
            if (metadata[part] is JsonObject entries)
            {
                value.Metadata[part] = entries.DeepClone();
            }
        }

        targets[value.Key] = new Target(value, ApiResource.Namespaces, digest.Of(value.Json), Target.ManagedNamespaceOrigin);
    }

    private Target Build(Application application, Manifest manifest, ApiResource? resource, bool isNamespaced, List<string> errors)
    {
        var value = manifest.Object;
        if (!isNamespaced)
        {
            value.Namespace = "";
        }
        else if (value.Namespace.Length == 0)
        {
            value.Namespace = application.Destination.Namespace;
        }

        if (isNamespaced && value.Namespace.Length == 0)
        {
            errors.Add($"Namespace for {value.Name} {value.Gvk} is missing.");
        }

        // Compatibility: CustomResourceDefinitions carry no tracking id.
        if (value.Kind != "CustomResourceDefinition")
        {
            value.SetAnnotation(Annotations.TrackingId, TrackingId.For(application.InstanceName, value, application.Destination.Namespace).ToString());
        }

        // The rules of an aggregated role are its controller's: what a manifest says of them never lasts.
        if (value.Kind == "ClusterRole" && value.Json["aggregationRule"] is JsonObject)
        {
            value.Json.Remove("rules");
        }

        value.Json.Remove("status");
        value.Metadata.Remove("creationTimestamp");
        return new Target(value, resource, digest.Of(value.Json), manifest.Origin);
    }

    private static Dictionary<(string Group, string Kind), bool> DefinedKinds(IEnumerable<Manifest> manifests) => manifests
        .Where(manifest => manifest.Object.Kind == "CustomResourceDefinition")
        .GroupBy(manifest => (manifest.Object.TextAt("spec", "group"), manifest.Object.TextAt("spec", "names", "kind")))
        .ToDictionary(group => group.Key, group => group.Last().Object.TextAt("spec", "scope") != "Cluster");

    private static string Describe(ObjectKey key) => $"{key.Group}/{key.Kind}/{key.Namespace}/{key.Name}";
}
