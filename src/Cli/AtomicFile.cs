namespace SecretsOps.Cli;

/// <summary>Replaces a file in one step: a reader sees the old text or the new one, and a failure or a kill leaves the old one.</summary>
internal static class AtomicFile
{
    internal static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var target = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path;
        if (File.Exists(target) && !IsRegular(target))
        {
            // /dev/stdout and pipes cannot be replaced.
            File.WriteAllBytes(target, bytes);
            return;
        }

        var temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            WriteTemporary(temporary, bytes, ModeOf(target));
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void WriteTemporary(string temporary, ReadOnlySpan<byte> bytes, UnixFileMode? mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        using var stream = new FileStream(temporary, options);
        if (mode is { } unixMode && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(stream.SafeFileHandle, unixMode);
        }

        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    private static bool IsRegular(string path) => (File.GetAttributes(path) & FileAttributes.Device) == 0;

    private static UnixFileMode? ModeOf(string path) => File.Exists(path) && !OperatingSystem.IsWindows() ? File.GetUnixFileMode(path) : null;
}
