namespace SecretsOps.GitOps.ApplicationSets;

/// <summary>What a set may do to its Applications (<c>syncPolicy.applicationsSync</c>).</summary>
public sealed record ApplicationSetPolicy
{
    private static readonly Dictionary<string, ApplicationSetPolicy> ByName = new(StringComparer.Ordinal)
    {
        ["sync"] = new() { AllowsUpdate = true, AllowsDelete = true },
        ["create-update"] = new() { AllowsUpdate = true },
        ["create-delete"] = new() { AllowsDelete = true },
        ["create-only"] = new(),
    };

    /// <summary>Whether existing Applications are brought to what the template says.</summary>
    public bool AllowsUpdate { get; init; }

    /// <summary>Whether Applications that are no longer generated are deleted.</summary>
    public bool AllowsDelete { get; init; }

    /// <summary>Reads one of <c>sync</c>, <c>create-update</c>, <c>create-delete</c>, <c>create-only</c>.</summary>
    /// <exception cref="ApplicationSetException">Any other text.</exception>
    public static ApplicationSetPolicy Parse(string name) => ByName.TryGetValue(name, out var policy)
        ? policy
        : throw new ApplicationSetException(
            $"spec.syncPolicy.applicationsSync: '{name}' is no policy; use sync, create-update, create-delete or create-only.");
}
