namespace SecretsOps.GitOps.Tools;

/// <summary>What one run of an external program gets; it sees nothing of this process's own environment.</summary>
internal sealed record ToolRequest
{
    public required IReadOnlyList<string> Arguments { get; init; }

    public string WorkingDirectory { get; init; } = "/";

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public ReadOnlyMemory<byte> StandardInput { get; init; }

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(90);

    public int OutputLimit { get; init; } = 64 * 1024 * 1024;
}

/// <summary>How a program ended: its exit code, what it printed and the first part of what it complained of.</summary>
internal sealed record ToolResult(int ExitCode, byte[] Output, string Error)
{
    /// <summary>The output read as UTF-8.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Output);

    /// <summary>The sizes only: the output may be a rendered Secret.</summary>
    public override string ToString() => $"exit code {ExitCode}, {Output.Length} bytes";
}
