using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.LocalCluster.Resources;
using SecretsOps.LocalCluster.Schema;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Kinds;

/// <summary>Follows the CustomResourceDefinitions: the catalog holds the kinds of every definition that is established.</summary>
internal sealed class KindRegistry(ObjectStore store)
{
    internal const string Definitions = "apiextensions.k8s.io/customresourcedefinitions";

    private readonly Lock _gate = new();
    private object? _seen;
    private KindCatalog _catalog = new([]);

    /// <summary>The kinds as of the store's current state.</summary>
    internal KindCatalog Current
    {
        get
        {
            var definitions = store.State.Of(Definitions);
            if (ReferenceEquals(Volatile.Read(ref _seen), definitions))
            {
                return Volatile.Read(ref _catalog);
            }

            lock (_gate)
            {
                Volatile.Write(ref _catalog, new KindCatalog([.. definitions.Values.Select(JsonAccess.Parse).Where(IsEstablished).SelectMany(KindsOf)]));
                Volatile.Write(ref _seen, definitions);
                return _catalog;
            }
        }
    }

    private static bool IsEstablished(JsonObject definition) =>
        definition.Items("status", "conditions").Any(condition => condition.Text("type") == "Established" && condition.Text("status") == "True");

    private static IEnumerable<ResourceKind> KindsOf(JsonObject definition)
    {
        var versions = definition.Items("spec", "versions").OfType<JsonObject>().ToList();
        return versions.Where(version => version.Flag("served")).Select(version => KindOf(definition, version));
    }

    private static ResourceKind KindOf(JsonObject definition, JsonObject version)
    {
        var names = definition.Find("spec", "names");
        return new ResourceKind
        {
            Gvk = new GroupVersionKind(definition.Text("spec", "group"), version.Text("name"), names.Text("kind")),
            Plural = names.Text("plural"),
            Singular = names.Text("singular"),
            ListKind = names.Text("listKind"),
            ShortNames = [.. names.Items("shortNames").Select(name => name.Text())],
            Categories = [.. names.Items("categories").Select(name => name.Text())],
            IsNamespaced = definition.Text("spec", "scope") == "Namespaced",
            Schema = CrdSchema.For(definition, version.Text("name")),
            Subresources = [.. SubresourcesOf(version)],
            Custom = new CustomKind
            {
                Version = version,
            },
        };
    }

    private static IEnumerable<Subresource> SubresourcesOf(JsonObject version)
    {
        if (version.Find("subresources", "status") is not null)
        {
            yield return Subresource.Status;
        }

        if (version.Find("subresources", "scale") is not null)
        {
            yield return Subresource.Scale;
        }
    }
}
