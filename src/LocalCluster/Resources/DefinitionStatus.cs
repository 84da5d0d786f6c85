using System.Text.Json.Nodes;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Establishes CustomResourceDefinitions: their kinds are served from the moment they are stored.</summary>
internal static class DefinitionStatus
{
    /// <summary>Holds a definition until its objects are gone.</summary>
    internal const string CleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    /// <summary>Completes a new definition.</summary>
    internal static void Establish(JsonObject definition)
    {
        var metadata = definition.Section("metadata");
        var finalizers = definition.Items("metadata", "finalizers").Select(finalizer => finalizer?.DeepClone());
        metadata["finalizers"] = new JsonArray([.. finalizers, JsonValue.Create(CleanupFinalizer)]);
        var now = metadata.Text("creationTimestamp");
        definition["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now)),
            ["acceptedNames"] = definition.Find("spec", "names")?.DeepClone(),
            ["storedVersions"] = new JsonArray(StorageVersion(definition)),
        };
    }

    /// <summary>Completes a changed definition: its names are accepted, its storage version is remembered.</summary>
    internal static void Follow(JsonObject definition)
    {
        var status = definition.Section("status");
        status["acceptedNames"] = definition.Find("spec", "names")?.DeepClone();
        var before = status.Items("storedVersions").Select(version => version.Text());
        status["storedVersions"] = new JsonArray([.. before.Append(StorageVersion(definition)).Distinct().Select(version => JsonValue.Create(version))]);
    }

    private static string StorageVersion(JsonObject definition) =>
        definition.Items("spec", "versions").FirstOrDefault(version => version.Flag("storage")).Text("name");

    private static JsonObject Condition(string type, string reason, string message, string now) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = now,
        ["reason"] = reason,
        ["message"] = message,
    };
}
