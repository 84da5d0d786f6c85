using System.Globalization;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Times as Kubernetes writes them in metadata: RFC 3339, whole seconds, UTC.</summary>
internal static class ObjectTimestamp
{
    internal static string Now(TimeProvider time) => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
