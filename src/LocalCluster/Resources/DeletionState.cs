using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Reads how far an object's deletion is.</summary>
internal static class DeletionState
{
    internal const string ForegroundFinalizer = "foregroundDeletion";
    internal const string OrphanFinalizer = "orphan";

    internal static bool IsRequested(JsonObject json) => json.Text("metadata", "deletionTimestamp").Length > 0;

    /// <summary>Deletion was requested and nothing holds the object any more.</summary>
    internal static bool IsFinished(JsonObject json) =>
        IsRequested(json) && json.Items("metadata", "finalizers").Count == 0 && !(json.Text("kind") == "Namespace" && json.Items("spec", "finalizers").Count > 0);
}
