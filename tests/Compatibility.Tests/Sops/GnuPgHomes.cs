using System.Collections.Concurrent;
using System.Diagnostics;

namespace SecretsOps.Compatibility.Tests.Sops;

/// <summary>GnuPG homes with some of the test keys in them, made once per set of keys.</summary>
internal static class GnuPgHomes
{
    private static readonly ConcurrentDictionary<string, string> Homes = new(StringComparer.Ordinal);

    public static string With(IEnumerable<string> files)
    {
        var keys = files.Where(file => file.EndsWith(".asc", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        return Homes.GetOrAdd(string.Join('+', keys), _ => Create(keys));
    }

    private static string Create(string[] keys)
    {
        // Short: the agent's socket path has a limit of about 100 characters.
        var home = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "sg" + Guid.NewGuid().ToString("N")[..8])).FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(home, recursive: true);
        foreach (var key in keys)
        {
            Run(home, "--batch", "--import", Path.Combine(SopsVectors.Root, "keys", key));
        }

        return home;
    }

    private static void Run(string home, params string[] arguments)
    {
        var start = new ProcessStartInfo("gpg", arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["GNUPGHOME"] = home;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"gpg {string.Join(' ', arguments)}: {errors.Result}");
    }
}
