namespace SecretsOps.Testing.Programs;

/// <summary>How to start a program, where the defaults do not fit.</summary>
public sealed record RunOptions
{
    /// <summary>Bytes for its standard input; null closes it at once.</summary>
    public ReadOnlyMemory<byte>? StandardInput { get; init; }

    /// <summary>Its working directory.</summary>
    public string? Directory { get; init; }

    /// <summary>Variables added to (or, with null, taken from) the environment.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>When it is killed and the test fails.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);
}
