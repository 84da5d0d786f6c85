using System.Text;
using SecretsOps.Cryptography.Age;
using SecretsOps.Cryptography.Age.Ssh;
using SecretsOps.KeyManagement.Processes;

namespace SecretsOps.KeyManagement.Age;

/// <summary>The places where sops looks for age identities, in its order.</summary>
internal sealed class SopsAgeSources(KeyEnvironment environment)
{
    private readonly AgeIdentityFile _reader = new(environment);

    public static IReadOnlyList<AgeIdentitySource> All(KeyEnvironment environment)
    {
        var sources = new SopsAgeSources(environment);
        return
        [
            AgeIdentitySource.Once("SOPS_AGE_SSH_PRIVATE_KEY_FILE", sources.SshKeyFile),
            new("SOPS_AGE_SSH_PRIVATE_KEY_CMD", sources.SshKeyCommandAsync),
            .. sources.SshDefaults(),
            AgeIdentitySource.Once("SOPS_AGE_KEY", sources.KeyVariable),
            AgeIdentitySource.Once("SOPS_AGE_KEY_FILE", sources.KeyFile),
            new("SOPS_AGE_KEY_CMD", sources.KeyCommandAsync),
            .. sources.UserFile(),
        ];
    }

    private AgeIdentity[]? SshKeyFile() =>
        environment.NonEmpty("SOPS_AGE_SSH_PRIVATE_KEY_FILE") is { } path
            ? [ReadSshKey(path, "SOPS_AGE_SSH_PRIVATE_KEY_FILE file")]
            : null;

    private async Task<IReadOnlyList<AgeIdentity>?> SshKeyCommandAsync(string recipient, CancellationToken cancellationToken)
    {
        const string Name = "SOPS_AGE_SSH_PRIVATE_KEY_CMD";
        if (environment.NonEmpty(Name) is not { } command)
        {
            return null;
        }

        using var output = await RunAsync(Name, command, recipient, cancellationToken).ConfigureAwait(false);
        return [SshIdentity.Parse(output.Output.Span, () => null)]; // its key may not be encrypted
    }

    private IEnumerable<AgeIdentitySource> SshDefaults()
    {
        if (environment.HomeDirectory is not { } home)
        {
            yield break;
        }

        foreach (var name in (string[])["id_ed25519", "id_rsa"])
        {
            var path = Path.Combine(home, ".ssh", name);
            yield return AgeIdentitySource.Once(path, () => File.Exists(path) ? [ReadSshKey(path, "SSH key")] : null);
        }
    }

    private IReadOnlyList<AgeIdentity>? KeyVariable() =>
        environment.NonEmpty("SOPS_AGE_KEY") is { } keys ? _reader.Read(Encoding.UTF8.GetBytes(keys), "SOPS_AGE_KEY") : null;

    private IReadOnlyList<AgeIdentity>? KeyFile() =>
        environment.NonEmpty("SOPS_AGE_KEY_FILE") is { } path ? _reader.Read(ReadFile(path, "SOPS_AGE_KEY_FILE file"), "SOPS_AGE_KEY_FILE") : null;

    private async Task<IReadOnlyList<AgeIdentity>?> KeyCommandAsync(string recipient, CancellationToken cancellationToken)
    {
        const string Name = "SOPS_AGE_KEY_CMD";
        if (environment.NonEmpty(Name) is not { } command)
        {
            return null;
        }

        using var output = await RunAsync(Name, command, recipient, cancellationToken).ConfigureAwait(false);
        return _reader.Read(output.Output.Memory, Name);
    }

    private IEnumerable<AgeIdentitySource> UserFile()
    {
        if (ConfigurationFolder() is { } folder)
        {
            var path = Path.Combine(folder, "sops", "age", "keys.txt");
            yield return new(path, (_, _) => Task.FromResult(File.Exists(path) ? _reader.Read(ReadFile(path, "file"), path) : null)) { IsLastResort = true };
        }
    }

    private string? ConfigurationFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            return environment.NonEmpty("AppData");
        }

        if (environment.NonEmpty("XDG_CONFIG_HOME") is { } configured)
        {
            return configured;
        }

        string[] below = OperatingSystem.IsMacOS() ? ["Library", "Application Support"] : [".config"];
        return environment.HomeDirectory is { } home ? Path.Combine([home, .. below]) : null;
    }

    private AgeIdentity ReadSshKey(string path, string what) =>
        SshIdentity.Parse(ReadFile(path, what), () => environment.Interaction?.AskSecret($"Enter passphrase for \"{path}\": "));

    private static byte[] ReadFile(string path, string what)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var reason = failure is FileNotFoundException or DirectoryNotFoundException ? "no such file or directory" : failure.Message;
            throw new AgeException(AgeFailure.Header, $"failed to open {what}: open {path}: {reason}", failure);
        }
    }

    private async Task<ProgramResult> RunAsync(string variable, string command, string recipient, CancellationToken cancellationToken)
    {
        try
        {
            var words = ShellWords.Split(command);
            var path = words.Count == 0 ? null : ProgramPath.Find(words[0], environment);
            var program = new KeyProgram(path ?? throw new IOException("the program was not found in PATH"), environment)
            {
                Variables = new Dictionary<string, string> { ["SOPS_AGE_RECIPIENT"] = recipient },
            };
            var result = await program.RunAsync(words.Skip(1), default, cancellationToken).ConfigureAwait(false);
            return result.ExitCode == 0 ? result : throw new IOException($"it ended with exit code {result.ExitCode}");
        }
        catch (Exception failure) when (failure is IOException or FormatException)
        {
            throw new AgeException(AgeFailure.Header, $"failed to execute command of {variable}: {failure.Message}", failure);
        }
    }
}
