using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Preview;

/// <summary>What applying would do to one object.</summary>
public enum PlannedAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is not there yet.</summary>
    Create,

    /// <summary>It is there and differs.</summary>
    Change,

    /// <summary>It is there and no longer wanted.</summary>
    Delete,

    /// <summary>The server would not take it, or the kind is not known there.</summary>
    Refuse,
}

/// <summary>One object of a plan; values of Secrets, and whatever was encrypted, are masked in the difference.</summary>
public sealed record PlannedChange
{
    /// <summary>Which object.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>What would happen.</summary>
    public required PlannedAction Action { get; init; }

    /// <summary>Unified difference, line by line with its leading mark; empty where nothing changes.</summary>
    public IReadOnlyList<string> Difference { get; init; } = [];

    /// <summary>Why it would be refused, or empty.</summary>
    public string Problem { get; init; } = "";
}

/// <summary>All that applying would do, in the order of applying.</summary>
/// <param name="Changes">One entry for each object, the unchanged ones included.</param>
public sealed record ChangePlan(IReadOnlyList<PlannedChange> Changes)
{
    /// <summary>Whether applying would change anything.</summary>
    public bool IsEmpty => Changes.All(change => change.Action == PlannedAction.None);

    /// <summary>The number of objects with an action.</summary>
    public int Count(PlannedAction action) => Changes.Count(change => change.Action == action);
}
