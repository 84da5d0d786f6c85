using SecretsOps.Sops.Keys;
using SecretsOps.Sops.Stores;

namespace SecretsOps.Sops;

/// <summary>How to decrypt a file.</summary>
public sealed record DecryptOptions
{
    /// <summary>Accepts content whose MAC is wrong or missing. In a cluster never.</summary>
    public bool IgnoresMac { get; init; }

    /// <summary>The types of keys to try first.</summary>
    public IReadOnlyList<string> Order { get; init; } = DataKeys.DefaultOrder;

    /// <summary>The format to write; the file's own when null.</summary>
    public SopsFormat? OutputFormat { get; init; }

    /// <summary>Indentation of what is written.</summary>
    public StoreOptions Stores { get; init; } = new();

    /// <summary>Receives what a person should know; never a value.</summary>
    public Action<string>? Warn { get; init; }
}
