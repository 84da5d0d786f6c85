using System.Globalization;
using System.Text.Json.Nodes;

using SecretsOps.Controller.Reconcilers;

namespace SecretsOps.Controller.Keys;

/// <summary>Lists every key with its Secret, its certificate's end and how many SealedSecrets it last opened: a key that opens none can be retired.</summary>
internal static class KeyReport
{
    /// <summary>The list, newest key first.</summary>
    public static JsonArray Of(KeyRingState state, SettledObjects settled, DateTimeOffset now)
    {
        var dependants = settled.KeyDependants();
        var active = state.Ring.Active?.Fingerprint;
        return new JsonArray([.. state.Ring.NewestFirst.Select(key => (JsonNode)new JsonObject
        {
            ["fingerprint"] = key.Fingerprint,
            ["secret"] = key.Source.Name,
            ["active"] = key.Fingerprint == active,
            ["notAfter"] = key.Certificate.NotAfter.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["expired"] = key.Certificate.IsExpired(now),
            ["dependants"] = dependants.GetValueOrDefault(key.Fingerprint),
        })]);
    }
}
