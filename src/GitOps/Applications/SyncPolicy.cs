using System.Text.Json.Nodes;

namespace SecretsOps.GitOps.Applications;

/// <summary>Automated sync, as <c>spec.syncPolicy.automated</c> has it.</summary>
internal sealed record AutomatedSync(bool Prunes, bool SelfHeals, bool AllowsEmpty);

/// <summary><c>spec.syncPolicy</c>.</summary>
internal sealed record SyncPolicy(JsonObject Json)
{
    /// <summary>Null where sync is manual.</summary>
    public AutomatedSync? Automated => Json["automated"] is JsonObject automated && automated.TryFlagAt("enabled") != false
        ? new AutomatedSync(automated.FlagAt("prune"), automated.FlagAt("selfHeal"), automated.FlagAt("allowEmpty"))
        : null;

    public IReadOnlyList<string> Options => Json.TextsAt("syncOptions");

    public JsonObject? Retry => Json["retry"] as JsonObject;

    public JsonObject? ManagedNamespaceMetadata => Json["managedNamespaceMetadata"] as JsonObject;
}
