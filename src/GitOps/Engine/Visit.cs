using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Inventory;
using SecretsOps.GitOps.Projects;
using SecretsOps.GitOps.Status;

namespace SecretsOps.GitOps.Engine;

/// <summary>What one reconcile of one Application knows and has found so far.</summary>
internal sealed record Visit(Application Application, ApplicationMemory Memory, StatusDraft Draft)
{
    public ProjectRules? Project { get; init; }

    public DestinationCluster? Cluster { get; init; }

    public string ClusterName { get; init; } = "";

    /// <summary>The commits that the spec's revisions stand for now.</summary>
    public IReadOnlyList<string> Newest { get; init; } = [];

    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>Nothing was looked at that could have changed the conditions.</summary>
    public bool KeepsConditions { get; init; }

    /// <summary>The operation field was carried out and must go.</summary>
    public bool EndsOperation { get; init; }

    public bool IsRefresh => Application.RequestedRefresh.Length > 0;
}
