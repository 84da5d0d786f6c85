using System.Globalization;
using System.Text;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.EndToEnd.Tests.HowTo;

/// <summary>Plays a page as a reader would: one shell, command by command, in a directory of its own that has the repository's deploy/.</summary>
internal sealed class HowToRun : IDisposable
{
    private const string Mark = "@@step ";

    private readonly TemporaryDirectory _directory = new();

    public HowToRun()
    {
        Directory.CreateDirectory(_directory.Combine("bin"));
        foreach (var part in (string[])["deploy", "crds"])
        {
            File.CreateSymbolicLink(_directory.Combine(part), RepositoryRoot.Combine(part));
        }
    }

    public string Combine(params string[] parts) => _directory.Combine(parts);

    /// <summary>Runs every command of a page; fails at the first that fails or prints something else than the page says.</summary>
    public async Task PlayAsync(HowToPage page, string kubeconfig)
    {
        var outputs = Split((await ShellAsync(Script(page), kubeconfig)).StandardOutput);
        for (var index = 0; index < page.Steps.Count; index++)
        {
            var (step, output) = (page.Steps[index], outputs.ElementAtOrDefault(index) ?? "(not reached)");
            Assert.True(step.IsFitting(output), $"{page.Name}: '$ {step.Command}' should print:\n{string.Join('\n', step.Output)}\nand printed:\n{output}");
        }
    }

    /// <summary>What has to be there before the page begins.</summary>
    public Task PrepareAsync(string kubeconfig, string script) => ShellAsync("set -euo pipefail\n" + script, kubeconfig);

    public void Dispose() => _directory.Dispose();

    private static string Script(HowToPage page)
    {
        var script = new StringBuilder("exec 2>&1\nset -euo pipefail\ntrap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n");
        foreach (var (index, step) in page.Steps.Index())
        {
            script.Append(CultureInfo.InvariantCulture, $"printf '\\n{Mark}{index}\\n'\n{step.Command}\n");
        }

        return script.Append(CultureInfo.InvariantCulture, $"printf '\\n{Mark}end\\n'\n").ToString();
    }

    private static string[] Split(string output) =>
        [.. output.Split($"\n{Mark}").Skip(1).SkipLast(output.Contains($"{Mark}end", StringComparison.Ordinal) ? 1 : 0).Select(part => part[(part.IndexOf('\n', StringComparison.Ordinal) + 1)..])];

    private async Task<ProgramResult> ShellAsync(string script, string kubeconfig)
    {
        string[] directories =
        [
            Path.GetDirectoryName(Published.SecretsOps)!, Path.GetDirectoryName(ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl))!, Path.GetDirectoryName(ExternalPrograms.Helm)!,
            Path.GetDirectoryName(ExternalPrograms.Age)!, Path.GetDirectoryName(ExternalPrograms.OpenSsl)!, Path.GetDirectoryName(ExternalPrograms.Debian("jq"))!, Path.GetDirectoryName(ExternalPrograms.Debian("curl"))!, Path.GetDirectoryName(ExternalPrograms.Git)!,
        ];
        var options = new RunOptions
        {
            Directory = _directory.Path,
            Timeout = TimeSpan.FromMinutes(4),
            Environment = new Dictionary<string, string?>
            {
                ["PATH"] = string.Join(':', directories) + ":/usr/bin:/bin",
                ["HOME"] = _directory.Path,
                ["KUBECONFIG"] = kubeconfig,
                ["GIT_AUTHOR_NAME"] = "Reader",
                ["GIT_AUTHOR_EMAIL"] = "reader@example.org",
                ["GIT_COMMITTER_NAME"] = "Reader",
                ["GIT_COMMITTER_EMAIL"] = "reader@example.org",
            },
        };
        var run = await ExternalProgram.RunAsync("/bin/bash", ["-c", script], options);
        return run.ExitCode == 0 ? run : throw new InvalidOperationException($"a command of the page failed: {run}");
    }
}
