namespace SecretsOps.Cli.Sops;

/// <summary>A folder that only this user may enter, on a memory-backed file system where there is one; gone with its content on dispose, and when a signal ends the process.</summary>
internal sealed class PrivateFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    public PrivateFolder()
    {
        var parent = Directory.Exists(Memory) ? Memory : System.IO.Path.GetTempPath();
        Path = System.IO.Path.Combine(parent, $"secretsops-{Guid.NewGuid():N}");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        AppDomain.CurrentDomain.ProcessExit += RemoveAtExit;
    }

    public string Path { get; }

    /// <summary>Writes a file that only this user may read.</summary>
    public string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = System.IO.Path.Combine(Path, name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(path, options);
        stream.Write(content);
        return path;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= RemoveAtExit;
        Remove();
    }

    private void RemoveAtExit(object? sender, EventArgs exit) => Remove();

    private void Remove()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
