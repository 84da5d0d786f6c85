using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.Applications;

/// <summary>Where manifests come from and which tool renders them.</summary>
internal sealed record ApplicationSource(JsonObject Json)
{
    private static readonly string[] ToolBlocks = ["helm", "kustomize", "directory", "plugin"];

    /// <summary>The AppProject on whose behalf it is read: it decides which credentials count.</summary>
    public string Project { get; init; } = "";

    public string RepoUrl => Json.TextAt("repoURL");

    public string Path => Json.TextAt("path");

    public string Chart => Json.TextAt("chart");

    public string TargetRevision => Json.TextAt("targetRevision");

    public string TagPrefix => Json.TextAt("tagPrefix");

    public string Ref => Json.TextAt("ref");

    /// <summary>The tool blocks that say anything; more than one is an error.</summary>
    public IReadOnlyList<string> Tools => [.. ToolBlocks.Where(tool => Json[tool] is JsonObject block && block.Any(entry => !IsZero(entry.Value)))];

    public JsonObject? Helm => Json["helm"] as JsonObject;

    public JsonObject? Kustomize => Json["kustomize"] as JsonObject;

    public JsonObject? Plugin => Json["plugin"] as JsonObject;

    public JsonObject Directory => Json["directory"] as JsonObject ?? [];

    /// <summary>Whether the commit's own id may be part of what is rendered.</summary>
    public bool NamesRevision => Json.ToJsonString().Contains("ARGOCD_APP_REVISION", StringComparison.Ordinal);

    /// <summary>The same source at another revision.</summary>
    public ApplicationSource At(string revision)
    {
        var json = (JsonObject)Json.DeepClone();
        json["targetRevision"] = revision;
        return this with { Json = json };
    }

    // Compatibility: a block of which every field has its zero value counts as absent; clients of Argo CD write such blocks.
    private static bool IsZero(JsonNode? value) => value switch
    {
        null or JsonArray { Count: 0 } => true,
        JsonObject fields => fields.All(entry => IsZero(entry.Value)),
        JsonValue plain => plain.ToString() is "" or "false" or "0",
        _ => false,
    };

    /// <summary>A source that only lends files to others.</summary>
    public bool IsReferenceOnly => Ref.Length > 0 && Path.Length == 0 && Chart.Length == 0;
}
