using SecretsOps.Kubernetes.Objects;
using SecretsOps.LocalCluster.Schema;

namespace SecretsOps.LocalCluster.Kinds;

/// <summary>One kind in one version as the API serves it: what discovery says about it and how it is stored.</summary>
internal sealed record ResourceKind
{
    internal static readonly IReadOnlyList<string> AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    internal required GroupVersionKind Gvk { get; init; }

    internal required string Plural { get; init; }

    internal required string Singular { get; init; }

    internal required bool IsNamespaced { get; init; }

    internal string ListKind { get; init; } = "";

    internal IReadOnlyList<string> ShortNames { get; init; } = [];

    internal IReadOnlyList<string> Categories { get; init; } = [];

    internal IReadOnlyList<string> Verbs { get; init; } = AllVerbs;

    internal IReadOnlyList<Subresource> Subresources { get; init; } = [];

    /// <summary>The rules of its objects.</summary>
    internal required KindSchema Schema { get; init; }

    /// <summary>What a CustomResourceDefinition says beyond names; null for a built-in kind.</summary>
    internal CustomKind? Custom { get; init; }

    internal bool HasStatus => Subresources.Any(subresource => subresource.Name == "status");

    /// <summary>Where objects are kept; versions of one kind share it.</summary>
    internal string StorageResource => $"{Gvk.Group}/{Plural}";

    /// <summary><c>deployments.apps</c>, or <c>secrets</c> in the core group: the form of messages.</summary>
    internal string QualifiedPlural => Gvk.Group.Length == 0 ? Plural : $"{Plural}.{Gvk.Group}";
}
