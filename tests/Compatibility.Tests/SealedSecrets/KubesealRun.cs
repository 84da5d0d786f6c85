using System.Text;
using SecretsOps.Cli;

namespace SecretsOps.Compatibility.Tests.SealedSecrets;

/// <summary>One run of our kubeseal in this process.</summary>
internal sealed record KubesealRun(int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public static async Task<KubesealRun> StartAsync(byte[] input, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var environment = new CliEnvironment
        {
            Input = new MemoryStream(input),
            Output = output,
            Error = error,
            Variables = new Dictionary<string, string>(),
            CurrentDirectory = VectorSet.Directory,
        };
        var exitCode = await Program.RunAsync("kubeseal", arguments, environment, CancellationToken.None);
        return new KubesealRun(exitCode, output.ToArray(), Encoding.UTF8.GetString(error.ToArray()));
    }
}
