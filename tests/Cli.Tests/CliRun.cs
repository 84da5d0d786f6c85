using System.Text;

namespace SecretsOps.Cli.Tests;

/// <summary>One run of a command line in this process.</summary>
internal sealed record CliRun(int ExitCode, byte[] OutputBytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(OutputBytes);

    public static Task<CliRun> KubesealAsync(CliSetup setup, params string[] arguments) => StartAsync("kubeseal", setup, arguments);

    public static Task<CliRun> SecretsOpsAsync(CliSetup setup, params string[] arguments) => StartAsync("secretsops", setup, arguments);

    private static async Task<CliRun> StartAsync(string program, CliSetup setup, string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var environment = new CliEnvironment
        {
            Input = new MemoryStream(setup.Input),
            Output = output,
            Error = error,
            IsInputTerminal = setup.IsInputTerminal,
            IsErrorTerminal = setup.IsErrorTerminal,
            Variables = setup.Variables,
            CurrentDirectory = setup.Directory,
            Time = setup.Time,
        };
        var exitCode = await Program.RunAsync(program, arguments, environment, CancellationToken.None);
        return new CliRun(exitCode, output.ToArray(), Encoding.UTF8.GetString(error.ToArray()));
    }
}
