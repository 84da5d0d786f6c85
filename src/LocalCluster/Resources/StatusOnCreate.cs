using SecretsOps.LocalCluster.Kinds;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Whether a status in a create request is dropped; a few kinds are reported by those who create them.</summary>
internal static class StatusOnCreate
{
    internal static bool IsDropped(ResourceKind kind) => kind.QualifiedPlural is not ("nodes" or "persistentvolumes");
}
