using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Compatibility.Tests.Sops;

/// <summary><c>exec-env --same-process</c> and <c>--background</c>, seen from outside.</summary>
public sealed class ExecEnvProcessTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Row_153_Same_process_keeps_the_process_and_its_code()
    {
        await _bench.EncryptAsync("f.yaml", "name: shop\n");
        using var process = SecretsOpsProcess.Start(_bench, "sops", "exec-env", "--same-process", "f.yaml", "echo $$ $name; exit 7");

        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal((7, $"{process.Id} shop\n"), (process.ExitCode, output));
    }

    [Fact]
    public async Task Row_153_Background_returns_before_the_command_ends()
    {
        await _bench.EncryptAsync("f.yaml", "name: shop\n");
        var gate = Path.Combine(_bench.Path, "gate");
        (await ExternalProgram.RunAsync("/usr/bin/mkfifo", [gate])).ShouldSucceed();

        var run = await _bench.SopsAsync("exec-env", "--background", "f.yaml", $"read line < {gate}; printf %s $name > {_bench.Path}/part; mv {_bench.Path}/part {_bench.Path}/out");

        Assert.Equal(0, run.ExitCode);
        Assert.False(File.Exists(Path.Combine(_bench.Path, "out")));
        await File.WriteAllTextAsync(gate, "go\n");
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(Path.Combine(_bench.Path, "out"))), "the command in the background to end");
        Assert.Equal("shop", _bench.Text("out"));
    }

    [Theory]
    [InlineData("exec-env", "--same-process", "--background")]
    [InlineData("exec-file", "--background", "--no-fifo")]
    public async Task Row_155_What_cannot_be_kept_is_refused(string verb, params string[] options)
    {
        await _bench.EncryptAsync("f.yaml", "name: shop\n");
        Assert.Equal(8, (await _bench.SopsAsync([verb, .. options, "f.yaml", "true"])).ExitCode);
    }
}
