namespace SecretsOps.Cli;

/// <summary>Replaces a file in one step: a reader sees the old text or the new one, and a failure leaves the old one.</summary>
internal static class AtomicFile
{
    internal static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        if (File.Exists(target) && (File.GetAttributes(target) & (FileAttributes.Device | FileAttributes.Normal)) == FileAttributes.Device)
        {
            File.WriteAllBytes(target, bytes);
            return;
        }

        var temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            var mode = File.Exists(target) && !OperatingSystem.IsWindows() ? File.GetUnixFileMode(target) : (UnixFileMode?)null;
            File.WriteAllBytes(temporary, bytes);
            if (mode is { } unixMode && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, unixMode);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
