namespace SecretsOps.Sops.Stores;

/// <summary>How stores write: indentation per format, from <c>.sops.yaml</c> or <c>--indent</c>.</summary>
public sealed record StoreOptions
{
    /// <summary>Spaces per level in YAML; 0 for the default of 4.</summary>
    public int YamlIndent { get; init; }

    /// <summary>Spaces per level in JSON; -1 for a tab.</summary>
    public int JsonIndent { get; init; } = -1;

    /// <summary>Spaces per level in the envelope of binary files; -1 for a tab.</summary>
    public int BinaryIndent { get; init; } = -1;

    /// <summary>Whether lists and scalars may stand at the top; real sops refuses them.</summary>
    public bool AllowsAnyRoot { get; init; }
}
