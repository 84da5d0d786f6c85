namespace SecretsOps.LocalCluster.Storage;

/// <summary>Writes small files that hold keys: readable by their owner only, whole or not at all.</summary>
internal static class OwnerOnlyFile
{
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        var unfinished = $"{path}.{Environment.ProcessId}.tmp";
        using (var handle = Open(unfinished))
        {
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(path, options);
        return File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.Read);
    }
}
