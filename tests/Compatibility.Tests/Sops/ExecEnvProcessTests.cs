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

    [Fact]
    public async Task Row_155_A_file_for_the_background_goes_when_its_command_has_ended()
    {
        await _bench.EncryptAsync("f.yaml", "name: shop\n");
        var gate = Path.Combine(_bench.Path, "gate");
        (await ExternalProgram.RunAsync("/usr/bin/mkfifo", [gate])).ShouldSucceed();

        var run = await _bench.SopsAsync("exec-file", "--background", "--filename", "n.yaml", "f.yaml", $"echo {{}} > {_bench.Path}/path; read line < {gate}; cp {{}} {_bench.Path}/part; mv {_bench.Path}/part {_bench.Path}/out");

        Assert.Equal(0, run.ExitCode);
        await File.WriteAllTextAsync(gate, "go\n");
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(Path.Combine(_bench.Path, "out"))), "the command in the background to end");
        Assert.Equal("name: shop\n", _bench.Text("out"));
        var folder = Path.GetDirectoryName(_bench.Text("path").Trim());
        await Eventually.TrueAsync(() => Task.FromResult(!Directory.Exists(folder)), "the plaintext to go");
    }

    [Theory]
    [InlineData("exec-env", "id -un; echo $HOME $USER $LOGNAME $name")]
    [InlineData("exec-env", "id -un; echo $HOME $USER $LOGNAME $name", "--same-process")]
    [InlineData("exec-file", "id -un; echo $HOME $USER $LOGNAME; cat {}")]
    [InlineData("exec-file", "id -un; echo $HOME $USER $LOGNAME; cat {}", "--no-fifo")]
    public async Task Row_153_and_155_A_command_runs_as_another_user(string verb, string command, params string[] options)
    {
        if (Environment.UserName != "root")
        {
            return; // only root may become somebody else
        }

        await _bench.EncryptAsync("f.yaml", "name: shop\n");
        using var process = SecretsOpsProcess.Start(_bench, ["sops", verb, .. options, "--user", "daemon", "f.yaml", "cd /; " + command]);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal((0, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync()));
        Assert.Equal($"daemon\n/usr/sbin daemon daemon{(verb == "exec-env" ? " " : "\nname: ")}shop\n", output);
    }

    [Fact]
    public async Task Row_153_An_unknown_user_is_refused()
    {
        await _bench.EncryptAsync("f.yaml", "name: shop\n");
        var run = await _bench.SopsAsync("exec-env", "--user", "nobody-of-that-name", "f.yaml", "true");
        Assert.Equal((1, "user: unknown user nobody-of-that-name\n"), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("exec-env", "--same-process", "--background")]
    public async Task Row_155_What_cannot_be_kept_is_refused(string verb, params string[] options)
    {
        await _bench.EncryptAsync("f.yaml", "name: shop\n");
        Assert.Equal(8, (await _bench.SopsAsync([verb, .. options, "f.yaml", "true"])).ExitCode);
    }
}
