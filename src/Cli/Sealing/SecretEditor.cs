using System.Diagnostics;
using System.Security.Cryptography;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Sealing;

/// <summary>Lets the user edit values in their editor, through a file that only they can read, in memory where there is a place for it.</summary>
internal sealed class SecretEditor(CliEnvironment environment)
{
    private static readonly string[] MemoryDirectories = ["/dev/shm", "/run/shm"];

    /// <summary>Opens the editor until what it leaves can be read, or is left as it was.</summary>
    /// <exception cref="CliException">The editor failed, or left something that is no YAML.</exception>
    internal async Task<PlainSecret> EditAsync(UnsealResult unsealed, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("secretsops-");
        var path = Path.Combine(PrivateDirectory(directory.FullName), $"secretsops-{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}.yaml");
        try
        {
            WritePrivately(path, ClearText.Write(unsealed));
            await RunEditorAsync(path, cancellationToken).ConfigureAwait(false);
            return Read(path);
        }
        finally
        {
            Wipe(path);
            directory.Delete(recursive: true);
        }
    }

    private static PlainSecret Read(string path)
    {
        try
        {
            return ClearText.Read(File.ReadAllBytes(path));
        }
        catch (Exception broken) when (broken is ManifestException or SecretFormatException)
        {
            throw new CliException($"the edited text cannot be read: {broken.Message}", "nothing was changed; edit again", cause: broken);
        }
    }

    private string PrivateDirectory(string fallback) =>
        new[] { environment.Variable("XDG_RUNTIME_DIR") }.Concat(MemoryDirectories).FirstOrDefault(Directory.Exists) ?? fallback;

    private static void WritePrivately(string path, byte[] text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(path, options))
        {
            stream.Write(text);
        }

        CryptographicOperations.ZeroMemory(text);
    }

    private async Task RunEditorAsync(string path, CancellationToken cancellationToken)
    {
        var words = (environment.Variable("VISUAL") ?? environment.Variable("EDITOR") ?? "vi").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(FindProgram(words[0]), [.. words[1..], path]) { UseShellExecute = false };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new CliException($"the editor '{words[0]}' left with code {process.ExitCode}", "nothing was changed");
        }
    }

    // Process.Start would look into our own directory and the current one first.
    private string FindProgram(string name) => name.Contains('/', StringComparison.Ordinal)
        ? environment.PathOf(name)
        : (environment.Variable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified).Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists)
            ?? throw new CliException($"there is no editor '{name}'", "set EDITOR to one");

    private static void Wipe(string path)
    {
        if (File.Exists(path))
        {
            File.WriteAllBytes(path, new byte[new FileInfo(path).Length]);
            File.Delete(path);
        }
    }
}
