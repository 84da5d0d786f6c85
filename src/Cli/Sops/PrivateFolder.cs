namespace SecretsOps.Cli.Sops;

/// <summary>A folder that only this user may enter, on a memory-backed file system where there is one; gone with its content on dispose, and when the process ends in whatever way.</summary>
internal sealed class PrivateFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    private readonly FolderWatch? _watch;
    private readonly bool _isHandedOver;

    /// <summary>Makes the folder.</summary>
    /// <param name="isHandedOver">Whether somebody else removes it, after this process.</param>
    public PrivateFolder(bool isHandedOver = false)
    {
        _isHandedOver = isHandedOver;
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

        if (!isHandedOver)
        {
            AppDomain.CurrentDomain.ProcessExit += RemoveAtExit;
            _watch = OperatingSystem.IsWindows() ? null : new FolderWatch(Path);
        }
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

    /// <summary>Removes the folder, unless somebody else does.</summary>
    public void Dispose()
    {
        if (!_isHandedOver)
        {
            AppDomain.CurrentDomain.ProcessExit -= RemoveAtExit;
            Remove();
            _watch?.Dispose();
        }
    }

    private void RemoveAtExit(object? sender, EventArgs exit) => Remove();

    /// <summary>Removes the folder now.</summary>
    public void Remove()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
