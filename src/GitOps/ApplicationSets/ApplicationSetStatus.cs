using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Status;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>The reasons of conditions, in Argo CD's words where it has one.</summary>
internal static class ApplicationSetReason
{
    public const string UpToDate = "ApplicationSetUpToDate";
    public const string ParametersGenerated = "ParametersGenerated";
    public const string ParametersFailed = "ApplicationParamsGenerationError";
    public const string ValidationFailed = "ApplicationValidationError";
    public const string WriteFailed = "UpdateApplicationError";
    public const string NothingGenerated = "NothingGenerated";
}

/// <summary>How a reconcile of a set ended.</summary>
internal sealed record ApplicationSetOutcome(bool HasError, bool HasParameters, string Reason, string Message)
{
    public static readonly ApplicationSetOutcome UpToDate = new(false, true, ApplicationSetReason.UpToDate, "All applications have been generated successfully");

    public static ApplicationSetOutcome Failed(string reason, string message) => new(true, false, reason, message);

    public static ApplicationSetOutcome Invalid(string message) => new(true, true, ApplicationSetReason.ValidationFailed, message);
}

/// <summary>The next <c>status</c> of an ApplicationSet.</summary>
internal sealed class ApplicationSetStatus(KubernetesObject set, TimeProvider clock)
{
    private const int MostResources = 5000;

    private readonly JsonObject _before = set.Json["status"] as JsonObject ?? [];
    private readonly JsonObject _after = (JsonObject)(set.Json["status"] as JsonObject ?? []).DeepClone();

    /// <summary>Writes the three conditions and the health that follows from them.</summary>
    public void SetOutcome(ApplicationSetOutcome outcome)
    {
        _after["conditions"] = new JsonArray(
            (JsonNode)Condition("ErrorOccurred", outcome.HasError, outcome.Reason, outcome.Message),
            (JsonNode)(outcome.HasParameters
                ? Condition("ParametersGenerated", true, ApplicationSetReason.ParametersGenerated, "Successfully generated parameters for all Applications")
                : Condition("ParametersGenerated", false, "ErrorOccurred", outcome.Message)),
            (JsonNode)Condition("ResourcesUpToDate", !outcome.HasError, outcome.Reason, outcome.Message));
        var health = new JsonObject { ["status"] = outcome.HasError ? "Degraded" : "Healthy", ["message"] = outcome.Message };
        health["lastTransitionTime"] = Since(_before["health"] as JsonObject, health, "status");
        _after["health"] = health;
    }

    /// <summary>Lists the set's Applications with what they tell of themselves.</summary>
    public void SetResources(IReadOnlyList<Application> applications)
    {
        _after["resources"] = new JsonArray([.. applications.Take(MostResources).Select(Resource)]);
        _after["resourcesCount"] = applications.Count;
    }

    /// <summary>What to patch, or null when nothing changed.</summary>
    public JsonObject? Patch() => MergePatch.Between(_before, _after);

    private static JsonNode Resource(Application application) => new JsonObject
    {
        ["group"] = ApiResource.Applications.Group,
        ["version"] = ApiResource.Applications.Version,
        ["kind"] = ApiResource.Applications.Kind,
        ["namespace"] = application.Key.Namespace,
        ["name"] = application.Key.Name,
        ["status"] = (application.Status["sync"] as JsonObject)?.TextAt("status") ?? "",
        ["health"] = new JsonObject { ["status"] = (application.Status["health"] as JsonObject)?.TextAt("status") ?? "" },
    };

    private JsonObject Condition(string type, bool isTrue, string reason, string message)
    {
        var condition = new JsonObject { ["type"] = type, ["status"] = isTrue ? "True" : "False", ["reason"] = reason, ["message"] = message };
        var known = _before.ObjectsAt("conditions").FirstOrDefault(known => known.TextAt("type") == type);
        condition["lastTransitionTime"] = Since(known, condition, "status", "reason", "message");
        return condition;
    }

    private string Since(JsonObject? known, JsonObject now, params string[] fields) =>
        known is not null && fields.All(field => known.TextAt(field) == now.TextAt(field)) && known.TextAt("lastTransitionTime") is { Length: > 0 } time
            ? time
            : StatusDraft.Time(clock.GetUtcNow());
}
