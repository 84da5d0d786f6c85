using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Applying;

/// <summary>What was asked for: the content of <c>operation</c>, by a user or by automated sync.</summary>
internal sealed record SyncOperation(JsonObject Json)
{
    public JsonObject Sync => Json["sync"] as JsonObject ?? [];

    /// <summary>The revisions to sync to, one per source; empty means those that the spec names.</summary>
    public IReadOnlyList<string> Revisions =>
        Sync.TextsAt("revisions") is { Count: > 0 } revisions ? revisions : Sync.TextAt("revision") is { Length: > 0 } revision ? [revision] : [];

    public bool Prunes => Sync.FlagAt("prune");

    public bool IsDryRun => Sync.FlagAt("dryRun");

    public bool IsAutomated => (Json["initiatedBy"] as JsonObject)?.FlagAt("automated") ?? false;

    public bool IsPartial => Sync["resources"] is JsonArray { Count: > 0 };

    /// <summary>Hooks do not run where only some objects, or only an apply, was asked for.</summary>
    public bool RunsHooks => !IsPartial && Sync["syncStrategy"]?["apply"] is null;

    /// <summary>Whether self-heal named this very hook, because somebody changed or deleted it.</summary>
    public bool RepairsHook(ObjectKey key) => IsAutomated && IsPartial && Selects(key);

    public bool Forces => Sync["syncStrategy"]?["apply"]?["force"]?.GetValue<bool>() ?? Sync["syncStrategy"]?["hook"]?["force"]?.GetValue<bool>() ?? false;

    public IReadOnlyList<string> Options => Forces ? [.. Sync.TextsAt("syncOptions"), "Force=true"] : Sync.TextsAt("syncOptions");

    public RetryPolicy Retry => RetryPolicy.Read(Json["retry"] as JsonObject, 0);

    /// <summary>Sources to use instead of the spec's: those of a rollback.</summary>
    public IReadOnlyList<ApplicationSource> Sources =>
        Sync.ObjectsAt("sources").Select(source => new ApplicationSource(source)).ToList() is { Count: > 0 } sources
            ? sources
            : Sync["source"] is JsonObject source ? [new ApplicationSource(source)] : [];

    /// <summary>Whether an object is part of a sync of some objects only; an entry without namespace means every namespace.</summary>
    public bool Selects(ObjectKey key) => !IsPartial || Sync.ObjectsAt("resources").Any(resource =>
        resource.TextAt("group") == key.Group
        && resource.TextAt("kind") == key.Kind
        && resource.TextAt("name") == key.Name
        && (resource.TextAt("namespace") is "" || resource.TextAt("namespace") == key.Namespace));
}
