using System.Diagnostics;

namespace SecretsOps.Cli.Sops;

/// <summary>Reads a file's version in Git's index.</summary>
internal static class GitIndex
{
    /// <summary>The bytes, or null when the file is not in the index.</summary>
    public static async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("git", ["cat-file", "blob", $":./{Path.GetFileName(path)}"])
        {
            WorkingDirectory = Path.GetDirectoryName(path)!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        await errors.ConfigureAwait(false);
        return process.ExitCode == 0 ? output.ToArray() : null;
    }
}
