namespace SecretsOps.Cli.Sops;

/// <summary>An option of the <c>sops</c> command line.</summary>
/// <param name="Name">The long name.</param>
/// <param name="Usage">One line for the help text.</param>
internal sealed record SopsFlag(string Name, string Usage)
{
    /// <summary>The one-letter name, or empty.</summary>
    public string Short { get; init; } = "";

    /// <summary>Whether it stands alone.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>Whether it may occur several times.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>The variable that gives its value when it is absent, or empty.</summary>
    public string Variable { get; init; } = "";
}
