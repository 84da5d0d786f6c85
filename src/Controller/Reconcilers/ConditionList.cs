using System.Globalization;
using System.Text.Json.Nodes;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>The <c>status.conditions</c> of a SealedSecret; <c>Synced</c> always stays first, because printer columns read index 0.</summary>
internal sealed class ConditionList(JsonObject status, TimeProvider time)
{
    /// <summary>Sets one condition; its transition time moves only when its status flips.</summary>
    public void Set(string type, string value, string reason, string message)
    {
        var conditions = status["conditions"] as JsonArray ?? [];
        status["conditions"] = conditions;
        var known = Find(conditions, type);
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var hasFlipped = known is null || SecretOwner.Text(known, "status") != value;
        var condition = new JsonObject
        {
            ["lastTransitionTime"] = hasFlipped || known?["lastTransitionTime"] is null ? now : known["lastTransitionTime"]!.DeepClone(),
            ["lastUpdateTime"] = now,
            ["status"] = value,
            ["type"] = type,
        };
        SetUnlessEmpty(condition, "reason", reason);
        SetUnlessEmpty(condition, "message", message);
        Place(conditions, known, condition);
    }

    /// <summary>Takes a condition away.</summary>
    public static void Remove(JsonObject status, string type)
    {
        if (status["conditions"] is JsonArray conditions && Find(conditions, type) is { } known)
        {
            conditions.Remove(known);
        }
    }

    /// <summary>The message of a condition, or null when there is none of the type.</summary>
    public static string? MessageOf(JsonObject? status, string type) =>
        status?["conditions"] is JsonArray conditions && Find(conditions, type) is { } known ? SecretOwner.Text(known, "message") ?? "" : null;

    /// <summary>Whether a condition already says this.</summary>
    public static bool Says(JsonObject? status, string type, string value, string reason, string message) =>
        (status?["conditions"] as JsonArray)?.OfType<JsonObject>().Any(condition =>
            SecretOwner.Text(condition, "type") == type
            && SecretOwner.Text(condition, "status") == value
            && SecretOwner.Text(condition, "reason") == reason
            && SecretOwner.Text(condition, "message") == message) == true;

    private static JsonObject? Find(JsonArray conditions, string type) =>
        conditions.OfType<JsonObject>().FirstOrDefault(condition => SecretOwner.Text(condition, "type") == type);

    private static void SetUnlessEmpty(JsonObject condition, string field, string text)
    {
        if (text.Length > 0)
        {
            condition[field] = text;
        }
    }

    private static void Place(JsonArray conditions, JsonObject? known, JsonObject condition)
    {
        var at = known is null ? conditions.Count : conditions.IndexOf(known);
        if (known is not null)
        {
            conditions.RemoveAt(at);
        }

        conditions.Insert(SecretOwner.Text(condition, "type") == "Synced" ? 0 : at, condition);
    }
}
