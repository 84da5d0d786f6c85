using SecretsOps.GitOps.Tools.Confining;

namespace SecretsOps.GitOps.Tools;

/// <summary>What one run of an external program gets; it sees nothing of this process's own environment.</summary>
internal sealed record ToolRequest
{
    /// <summary>What a renderer may use, in bytes: far above what charts need, far below what a node has.</summary>
    public const long RendererMemory = 2L * 1024 * 1024 * 1024;

    public required IReadOnlyList<string> Arguments { get; init; }

    public string WorkingDirectory { get; init; } = "/";

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public ReadOnlyMemory<byte> StandardInput { get; init; }

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(90);

    public int OutputLimit { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of memory that each process of the program may use for itself; 0 sets no limit.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>What it may reach; null for all that this process may.</summary>
    public Confinement? Confinement { get; init; }
}

/// <summary>How a program ended: its exit code, what it printed and the first part of what it complained of.</summary>
internal sealed record ToolResult(int ExitCode, byte[] Output, string Error)
{
    /// <summary>The output read as UTF-8.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Output);

    /// <summary>The sizes only: the output may be a rendered Secret.</summary>
    public override string ToString() => $"exit code {ExitCode}, {Output.Length} bytes";
}
