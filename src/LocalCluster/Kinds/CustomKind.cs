using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Kinds;

/// <summary>What one version of a CustomResourceDefinition says about its objects, beyond their names.</summary>
internal sealed record CustomKind
{
    /// <summary>The definition's <c>spec.versions[]</c> entry.</summary>
    internal required JsonObject Version { get; init; }

    /// <summary>The version that objects are stored in.</summary>
    internal required string StorageVersion { get; init; }

    /// <summary>The definition's resourceVersion, by which compiled schemas are cached.</summary>
    internal required string DefinitionRevision { get; init; }

    /// <summary>The definition's name.</summary>
    internal required string DefinitionName { get; init; }

    /// <summary><c>additionalPrinterColumns</c>.</summary>
    internal JsonArray? PrinterColumns => Version["additionalPrinterColumns"] as JsonArray;

    /// <summary><c>subresources.scale</c>: the paths that the scale subresource reads and writes.</summary>
    internal JsonObject? Scale => Version["subresources"]?["scale"] as JsonObject;
}
