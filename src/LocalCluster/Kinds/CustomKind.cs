using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Kinds;

/// <summary>What one version of a CustomResourceDefinition says about its objects, beyond their names.</summary>
internal sealed record CustomKind
{
    /// <summary>The definition's <c>spec.versions[]</c> entry.</summary>
    internal required JsonObject Version { get; init; }

    /// <summary><c>additionalPrinterColumns</c>.</summary>
    internal JsonArray? PrinterColumns => Version["additionalPrinterColumns"] as JsonArray;

    /// <summary><c>subresources.scale</c>: the paths that the scale subresource reads and writes.</summary>
    internal JsonObject? Scale => Version["subresources"]?["scale"] as JsonObject;
}
