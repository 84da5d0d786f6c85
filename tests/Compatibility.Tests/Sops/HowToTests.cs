using System.Text;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Compatibility.Tests.Sops;

/// <summary>Runs every <c>sh</c> block of a page, in order, in one shell that stops at the first failure.</summary>
public sealed class HowToTests
{
    [Theory]
    [InlineData("move-from-sops.md")]
    [InlineData("move-from-ksops.md")]
    [InlineData("check-sops-files-in-ci.md")]
    [InlineData("merge-sops-files.md")]
    public async Task The_commands_of_the_page_work_one_after_another(string page)
    {
        using var bench = new Workbench();
        bench.Variables.Remove("SOPS_AGE_KEY");
        bench.Write("bin/sops", "#!/bin/sh\nexec secretsops sops \"$@\"\n");
        bench.Write("bin/kubectl", $"#!/bin/sh\nexec '{ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl)}' \"$@\"\n");
        bench.Write("bin/kustomize", $"#!/bin/sh\nexec '{ExternalPrograms.Kustomize}' \"$@\"\n");
        foreach (var program in Directory.GetFiles(Path.Combine(bench.Path, "bin")))
        {
            ExternalProgram.Run("/bin/chmod", ["+x", program]).ShouldSucceed();
        }

        var variables = SecretsOpsProcess.Variables(bench);
        var age = Path.GetDirectoryName(ExternalPrograms.AgeKeygen);
        variables["PATH"] = $"{bench.Path}/bin:{variables["PATH"]}:{age}:{Path.GetDirectoryName(ExternalPrograms.Git)}";
        variables["SECRETSOPS_REPOSITORY"] = RepositoryRoot.Combine();
        Directory.CreateDirectory(Path.Combine(bench.Path, "work"));
        var script = ScriptOf(File.ReadAllText(RepositoryRoot.Combine("docs", "how-to", page)));
        Assert.True(script.Length > 200, $"{page} has no commands");

        var run = await ExternalProgram.RunAsync("/bin/sh", ["-eux", "-c", script], new RunOptions { Directory = Path.Combine(bench.Path, "work"), Environment = variables, Timeout = TimeSpan.FromMinutes(10) });

        run.ShouldSucceed();
    }

    private static string ScriptOf(string page)
    {
        var script = new StringBuilder();
        var isInside = false;
        foreach (var line in page.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isInside = line == "```sh";
            }
            else if (isInside)
            {
                script.Append(line).Append('\n');
            }
        }

        return script.ToString();
    }
}
