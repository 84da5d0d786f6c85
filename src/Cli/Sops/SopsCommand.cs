namespace SecretsOps.Cli.Sops;

/// <summary>A command of the <c>sops</c> command line: its name, options, and what it does.</summary>
internal sealed record SopsCommand(string Name, string Usage, IReadOnlyList<SopsFlag> Flags, Func<SopsSession, CancellationToken, Task<int>> Run)
{
    /// <summary>Commands below this one.</summary>
    public IReadOnlyList<SopsCommand> Children { get; init; } = [];
}
