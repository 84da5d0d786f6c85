namespace SecretsOps.Cli.Kubeseal;

/// <summary>One flag of a <see cref="PflagSet"/>.</summary>
internal sealed record PflagFlag
{
    /// <summary>The name behind the two dashes.</summary>
    public required string Name { get; init; }

    /// <summary>The letter behind one dash, or null.</summary>
    public char? Shorthand { get; init; }

    /// <summary>The word for its value in the usage; empty for a switch.</summary>
    public string ValueName { get; init; } = "";

    /// <summary>The default as the usage shows it; empty to show none.</summary>
    public string Default { get; init; } = "";

    /// <summary>What it does.</summary>
    public required string Usage { get; init; }

    /// <summary>The value that the flag alone stands for, or null when a value must follow.</summary>
    public string? ValueWhenAlone { get; init; }

    /// <summary>Why it should not be used any more, or null.</summary>
    public string? Deprecation { get; init; }

    /// <summary>Takes a value, and throws <see cref="FormatException"/> with pflag's reason where it does not fit.</summary>
    public required Action<string> Set { get; init; }
}
