namespace SecretsOps.Testing.Programs;

/// <summary>What a program left behind when it ended.</summary>
public sealed record ProgramResult(string CommandLine, int ExitCode, string StandardOutput, string StandardError)
{
    /// <summary>This result, or a failure of the test that shows the command line and both outputs.</summary>
    public ProgramResult ShouldSucceed() => ExitCode == 0 ? this : throw new InvalidOperationException($"exit code {ExitCode}, expected 0: {this}");

    /// <summary>This result, or a failure of the test when the program succeeded.</summary>
    public ProgramResult ShouldFail() => ExitCode != 0 ? this : throw new InvalidOperationException($"exit code 0, expected a failure: {this}");

    /// <inheritdoc/>
    public override string ToString() => $"{CommandLine}\n--- stdout\n{StandardOutput}\n--- stderr\n{StandardError}";
}
