using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Cli.Applications;

/// <summary>An Application as the command line reads it.</summary>
internal sealed class AppView(KubernetesObject value)
{
    private const int ShortRevision = 7;

    public KubernetesObject Object { get; } = value;

    public string FullName => $"{Object.Namespace}/{Object.Name}";

    public string Project => Text("spec", "project") is { Length: > 0 } project ? project : "default";

    public string Server => Text("spec", "destination", "server") is { Length: > 0 } server ? server : Text("spec", "destination", "name");

    public string Namespace => Text("spec", "destination", "namespace");

    public string Sync => Or(Text("status", "sync", "status"), "Unknown");

    public string Health => Or(Text("status", "health", "status"), "Unknown");

    public string OperationPhase => Text("status", "operationState", "phase");

    public string OperationMessage => Text("status", "operationState", "message");

    /// <summary>Whether an operation is asked for or under way.</summary>
    public bool IsBusy => Object.Json["operation"] is JsonObject || OperationPhase is "Running" or "Terminating";

    public IReadOnlyList<JsonObject> Sources => Objects("spec", "sources") is { Count: > 0 } many ? many : Object.Find("spec", "source") is JsonObject one ? [one] : [];

    public IReadOnlyList<JsonObject> Resources => Objects("status", "resources");

    public IReadOnlyList<JsonObject> Results => Objects("status", "operationState", "syncResult", "resources");

    public IReadOnlyList<JsonObject> Conditions => Objects("status", "conditions");

    public IReadOnlyList<JsonObject> History => Objects("status", "history");

    /// <summary>The synced commits, shortened.</summary>
    public string Revision => Object.Find("status", "sync", "revisions") is JsonArray { Count: > 0 } many
        ? string.Join(',', many.Select(revision => Short(revision?.ToString() ?? "")))
        : Short(Text("status", "sync", "revision"));

    public string Policy => Object.Find("spec", "syncPolicy", "automated") is not JsonObject automated || automated["enabled"]?.ToString() == "false" ? "Manual"
        : (automated["prune"]?.ToString(), automated["selfHeal"]?.ToString()) switch
        {
            ("true", "true") => "Auto-Prune-Heal",
            ("true", _) => "Auto-Prune",
            (_, "true") => "Auto-Heal",
            _ => "Auto",
        };

    public string Text(params ReadOnlySpan<string> path) => Object.Find(path) is JsonValue found ? found.ToString() : "";

    public static string TextOf(JsonObject json, string name) => json[name] is JsonValue value ? value.ToString() : "";

    public static string Short(string revision) => revision.Length > ShortRevision && revision.All(char.IsAsciiHexDigitLower) ? revision[..ShortRevision] : revision;

    private IReadOnlyList<JsonObject> Objects(params ReadOnlySpan<string> path) => Object.Find(path) is JsonArray array ? [.. array.OfType<JsonObject>()] : [];

    private static string Or(string text, string otherwise) => text.Length > 0 ? text : otherwise;
}
