using System.Diagnostics;

namespace SecretsOps.Compatibility.Tests.Sops;

/// <summary>Our program as a process of its own, for what only a process can show: signals, kills, and other programs that call it.</summary>
internal static class SecretsOpsProcess
{
    /// <summary>The program that the test project builds.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "secretsops");

    /// <summary>The variables of a bench, with the program in PATH; all others are taken away but for .NET's own.</summary>
    public static Dictionary<string, string?> Variables(Workbench bench)
    {
        var variables = Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => !name.StartsWith("DOTNET_", StringComparison.Ordinal)).ToDictionary(name => name, _ => (string?)null);
        foreach (var (name, value) in bench.Variables)
        {
            variables[name] = value;
        }

        variables["HOME"] = bench.Path;
        variables["PATH"] = $"{AppContext.BaseDirectory.TrimEnd('/')}:{bench.Variables["PATH"]}";
        return variables;
    }

    /// <summary>Starts <c>secretsops</c> in the directory of a bench, with signals as a terminal gives them: whoever runs the tests may ignore some, as nohup does.</summary>
    public static Process Start(Workbench bench, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal", Program, .. arguments]) { WorkingDirectory = bench.Path, RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var (name, value) in Variables(bench))
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
