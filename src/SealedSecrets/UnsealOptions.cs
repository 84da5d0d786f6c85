namespace SecretsOps.SealedSecrets;

/// <summary>How to unseal.</summary>
public sealed record UnsealOptions
{
    /// <summary>Upstream's defaults.</summary>
    public static UnsealOptions Default { get; } = new();

    /// <summary>What to do with the one-blob form of releases before 0.7.</summary>
    public DeprecatedData DeprecatedData { get; init; } = DeprecatedData.Accept;

    /// <summary>How many items of one object are opened at once.</summary>
    public int Parallelism { get; init; } = 1;
}
