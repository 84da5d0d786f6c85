namespace SecretsOps.GitOps.Tools.Confining;

/// <summary>What a program may reach beside the system's own programs and libraries; everything else does not exist for it.</summary>
internal sealed record Confinement
{
    /// <summary>Folders and files that it may read and run programs from.</summary>
    public IReadOnlyList<string> Readable { get; init; } = [];

    /// <summary>Folders that are its own: it may read, write and run what lies in them.</summary>
    public IReadOnlyList<string> Own { get; init; } = [];

    /// <summary>Whether it may open TCP connections.</summary>
    public bool MayConnect { get; init; }

    /// <summary>The version of Landlock to use; 0 confines nothing. What the kernel has, unless a test asks for less.</summary>
    public int LandlockVersion { get; init; } = Landlock.Version;
}
