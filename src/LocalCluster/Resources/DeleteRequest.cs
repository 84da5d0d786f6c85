using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Http;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>What becomes of the objects that an object owns.</summary>
internal enum Propagation
{
    Background,
    Foreground,
    Orphan,
}

/// <summary><c>DeleteOptions</c>, from the body or the query.</summary>
internal sealed record DeleteRequest
{
    /// <summary>Null when the client leaves it to the object's finalizers.</summary>
    internal Propagation? Propagation { get; init; }

    internal string Uid { get; init; } = "";

    internal string ResourceVersion { get; init; } = "";

    internal bool IsDryRun { get; init; }

    internal static DeleteRequest Parse(JsonObject? body, Func<string, string> query)
    {
        var policy = body.Text("propagationPolicy") is { Length: > 0 } inBody ? inBody : query("propagationPolicy");
        var orphans = body.Find("orphanDependents") is not null ? body.Flag("orphanDependents").ToString() : query("orphanDependents");
        return new DeleteRequest
        {
            Propagation = policy.Length > 0 ? ParsePolicy(policy) : ParseOrphan(orphans),
            Uid = body.Text("preconditions", "uid"),
            ResourceVersion = body.Text("preconditions", "resourceVersion"),
            IsDryRun = body.Items("dryRun").Count > 0 || query("dryRun").Length > 0,
        };
    }

    private static Propagation ParsePolicy(string policy) => policy switch
    {
        "Background" => Resources.Propagation.Background,
        "Foreground" => Resources.Propagation.Foreground,
        "Orphan" => Resources.Propagation.Orphan,
        _ => throw ApiErrors.BadRequest($"invalid deletion propagation policy '{policy}': one of Background, Foreground, Orphan was expected"),
    };

    private static Propagation? ParseOrphan(string orphans) => orphans.ToLowerInvariant() switch
    {
        "true" => Resources.Propagation.Orphan,
        "false" => Resources.Propagation.Background,
        _ => null,
    };
}
