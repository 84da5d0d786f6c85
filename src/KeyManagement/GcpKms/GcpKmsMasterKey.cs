using System.Text.RegularExpressions;

namespace SecretsOps.KeyManagement.GcpKms;

/// <summary>A key of Google Cloud KMS: <c>projects/P/locations/L/keyRings/R/cryptoKeys/K</c>.</summary>
public sealed partial record GcpKmsMasterKey(string ResourceId) : MasterKey
{
    /// <inheritdoc/>
    public override string TypeName => "gcp_kms";

    /// <inheritdoc/>
    public override string Identity => ResourceId;

    internal bool IsWellFormed => ResourcePattern().IsMatch(ResourceId);

    /// <summary>Reads a comma-separated list of resource names.</summary>
    public static IReadOnlyList<GcpKmsMasterKey> ParseList(string text) =>
        [.. KeyList.Split(text).Select(part => new GcpKmsMasterKey(part.Replace(" ", "", StringComparison.Ordinal)))];

    [GeneratedRegex(@"\Aprojects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex ResourcePattern();
}
