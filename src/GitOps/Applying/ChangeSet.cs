using SecretsOps.GitOps.Inventory;

namespace SecretsOps.GitOps.Applying;

/// <summary>What happened to one object.</summary>
public enum ChangeAction
{
    /// <summary>It was not there before.</summary>
    Created,

    /// <summary>It was changed.</summary>
    Configured,

    /// <summary>It was as it should be; nothing was sent.</summary>
    Unchanged,

    /// <summary>It was deleted.</summary>
    Deleted,

    /// <summary>It was left alone on purpose.</summary>
    Skipped,
}

/// <summary>The answer to one write.</summary>
internal sealed record Change(ChangeAction Action, string Message, LiveObject? Live = null);
