using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Resources;

namespace SecretsOps.LocalCluster.BuiltIn;

/// <summary>Fills a CustomResourceDefinition and establishes it: its kinds are served from the moment it is stored.</summary>
internal static class DefinitionDefaults
{
    /// <summary>Holds a definition until its objects are gone.</summary>
    internal const string CleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    internal static void Apply(JsonObject body, JsonObject? live)
    {
        var spec = body.Section("spec");
        spec.Default("conversion", new JsonObject { ["strategy"] = "None" });
        var names = spec.Section("names");
        names.Default("singular", names.Text("kind").ToLowerInvariant());
        names.Default("listKind", names.Text("kind") + "List");
        if (live is null)
        {
            body.Section("metadata")["finalizers"] = new JsonArray(CleanupFinalizer);
        }

        var status = body.Section("status");
        var accepted = names.DeepClone();
        status["acceptedNames"] = accepted;
        status["storedVersions"] = StoredVersions(spec, live);
        status.Default("conditions", Established(body.Text("metadata", "creationTimestamp")));
    }

    private static JsonArray StoredVersions(JsonObject spec, JsonObject? live)
    {
        var stored = spec.Items("versions").FirstOrDefault(version => version.Flag("storage")).Text("name");
        var before = live.Items("status", "storedVersions").Select(version => version.Text());
        return new JsonArray([.. before.Append(stored).Distinct().Select(version => JsonValue.Create(version))]);
    }

    private static JsonArray Established(string now) => new(
        Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
        Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now));

    private static JsonObject Condition(string type, string reason, string message, string now) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = now,
        ["reason"] = reason,
        ["message"] = message,
    };
}
