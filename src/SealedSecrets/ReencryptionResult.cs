using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets;

/// <summary>What re-encrypting one object gave.</summary>
public sealed record ReencryptionResult
{
    /// <summary>The object with its new values; the given one when something failed.</summary>
    public required KubernetesObject Object { get; init; }

    /// <summary>The values sealed anew, by item.</summary>
    public IReadOnlyDictionary<string, string> Changed { get; init; } = new Dictionary<string, string>();

    /// <summary>How many values were sealed with the newest key already.</summary>
    public int UnchangedCount { get; init; }

    /// <summary>The values that could not be opened; nothing was changed then.</summary>
    public IReadOnlyList<ItemFailure> Failures { get; init; } = [];

    /// <summary>The failures in upstream's words.</summary>
    public string Message { get; init; } = "";

    /// <summary>Whether every value is now sealed with the newest key.</summary>
    public bool IsSuccess => Failures.Count == 0;
}
