using System.Text;
using SecretsOps.Cli;

namespace SecretsOps.Compatibility.Tests.Sops;

/// <summary>One run of our sops in this process.</summary>
internal sealed record SopsRun(int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public static async Task<SopsRun> StartAsync(string directory, IReadOnlyDictionary<string, string> variables, params IReadOnlyList<string> arguments)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var environment = new CliEnvironment
        {
            Input = new MemoryStream(),
            Output = output,
            Error = error,
            Variables = variables,
            CurrentDirectory = directory,
        };
        var exitCode = await Program.RunAsync("sops", [.. arguments], environment, CancellationToken.None);
        return new SopsRun(exitCode, output.ToArray(), Encoding.UTF8.GetString(error.ToArray()));
    }
}
