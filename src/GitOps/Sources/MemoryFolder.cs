namespace SecretsOps.GitOps.Sources;

/// <summary>A private folder (mode 0700) on a file system that lives in memory, removed when disposed.</summary>
internal sealed class MemoryFolder : IDisposable
{
    private const string MemoryFileSystem = "/dev/shm";

    public MemoryFolder(string purpose)
    {
        if (!Directory.Exists(MemoryFileSystem))
        {
            throw new SourceException($"{MemoryFileSystem} does not exist: plaintext is only ever put on a file system in memory; mount a tmpfs there");
        }

        Path = System.IO.Path.Combine(MemoryFileSystem, $"secretsops-{purpose}-{Guid.NewGuid():n}");
        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    /// <summary>Writes a file (mode 0600) and gives its absolute path.</summary>
    public string Write(string relativePath, ReadOnlySpan<byte> content)
    {
        var path = System.IO.Path.Combine(Path, relativePath);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(content);
        return path;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
