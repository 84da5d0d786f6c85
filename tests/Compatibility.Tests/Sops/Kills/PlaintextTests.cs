using System.Diagnostics;
using System.Globalization;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Compatibility.Tests.Sops.Kills;

/// <summary>Row 160: however an edit ends, no plaintext stays behind and the file is whole.</summary>
public sealed class PlaintextTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("INT")]
    public async Task Row_160_A_signal_ends_the_edit_and_removes_the_plaintext(string signal)
    {
        var before = await PrepareAsync();
        using var process = SecretsOpsProcess.Start(_bench, "edit", "f.yaml");
        var seen = await SeenAsync();
        Assert.Equal(("700\n", "a: hunter2\n"), (_bench.Text("mode"), File.ReadAllText(seen)));

        await SignalAsync(signal, process.Id);

        await process.WaitForExitAsync();
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("User canceled operation", await process.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(seen)));
        Assert.Equal(before, _bench.Text("f.yaml"));
    }

    [Fact]
    public async Task Row_160_A_kill_removes_the_plaintext_too()
    {
        var before = await PrepareAsync();
        using var process = SecretsOpsProcess.Start(_bench, "edit", "f.yaml");
        var seen = await SeenAsync();

        process.Kill(entireProcessTree: false);

        await GoneAsync(seen);
        Assert.Equal(before, _bench.Text("f.yaml"));
        await EndEditorAsync();
    }

    [Fact]
    public async Task Row_155_A_kill_removes_the_plaintext_of_exec_file()
    {
        await PrepareAsync();
        using var process = SecretsOpsProcess.Start(_bench, "exec-file", "--no-fifo", "f.yaml", $"sh {_bench.Path}/editor {{}}");
        var seen = await SeenAsync();

        process.Kill(entireProcessTree: false);

        await GoneAsync(seen);
        await EndEditorAsync();
    }

    [Theory]
    [InlineData("INT", "User canceled operation")]
    [InlineData("TERM", "User canceled operation")]
    [InlineData("KILL", "")]
    public async Task Row_160_At_a_terminal_a_signal_sent_to_us_removes_the_plaintext(string signal, string message)
    {
        var before = await PrepareAsync();
        using var terminal = StartAtTerminal();
        var seen = await SeenAsync();

        await SignalAsync(signal, await ProgramBelowAsync(terminal));

        await GoneAsync(seen);
        await terminal.WaitForExitAsync();
        Assert.Contains(message, await terminal.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(before, _bench.Text("f.yaml"));
        await EndEditorAsync();
    }

    [Fact]
    public async Task Row_160_An_interrupt_typed_while_the_editor_is_open_belongs_to_the_editor()
    {
        await PrepareAsync();
        _bench.Write("editor", $"#!/bin/sh\nstat -c %a \"$(dirname \"$1\")\" > {_bench.Path}/mode\ntrap 'echo \"a: after the interrupt\" > \"$1\"; exit 0' INT\nprintf %s \"$1\" > {_bench.Path}/part && mv {_bench.Path}/part {_bench.Path}/seen\nwhile :; do sleep 0.1; done\n");
        using var terminal = StartAtTerminal();
        var seen = await SeenAsync();

        await terminal.StandardInput.WriteAsync('\u0003');
        await terminal.StandardInput.FlushAsync();

        await terminal.WaitForExitAsync();
        Assert.Equal("a: after the interrupt\n", await _bench.DecryptAsync("f.yaml"));
        Assert.False(Directory.Exists(Path.GetDirectoryName(seen)));
    }

    [Fact]
    public async Task Row_160_An_interrupt_that_ends_the_editor_ends_the_edit()
    {
        var before = await PrepareAsync();
        using var terminal = StartAtTerminal();
        var seen = await SeenAsync();

        await terminal.StandardInput.WriteAsync('\u0003');
        await terminal.StandardInput.FlushAsync();

        await terminal.WaitForExitAsync();
        Assert.Contains("User canceled operation", await terminal.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(seen)));
        Assert.Equal(before, _bench.Text("f.yaml"));
    }

    /// <summary>An encrypted file, and an editor that tells what it was given and stays open.</summary>
    private async Task<string> PrepareAsync()
    {
        _bench.Write("editor", $"#!/bin/sh\nstat -c %a \"$(dirname \"$1\")\" > {_bench.Path}/mode\necho $$ > {_bench.Path}/pid\nprintf %s \"$1\" > {_bench.Path}/part && mv {_bench.Path}/part {_bench.Path}/seen\nexec sleep 600\n");
        _bench.Variables["EDITOR"] = $"sh {_bench.Path}/editor";
        return await _bench.EncryptAsync("f.yaml", "a: hunter2\n");
    }

    private async Task<string> SeenAsync()
    {
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(Path.Combine(_bench.Path, "seen"))), "the editor to open the file");
        return _bench.Text("seen");
    }

    /// <summary><c>script</c> gives the program a terminal of its own, whose keyboard is our pipe. Whoever runs the tests in the background has interrupts ignored: not the program.</summary>
    private Process StartAtTerminal()
    {
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal", ExternalPrograms.Debian("script"), "-qec", $"{SecretsOpsProcess.Program} edit f.yaml", "/dev/null"])
        {
            WorkingDirectory = _bench.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in SecretsOpsProcess.Variables(_bench))
        {
            start.Environment[name] = value;
        }

        start.Environment["SHELL"] = "/bin/sh";
        return Process.Start(start)!;
    }

    /// <summary>The process of the program, which is a descendant of the terminal.</summary>
    private static async Task<int> ProgramBelowAsync(Process terminal)
    {
        var child = terminal.Id;
        await Eventually.TrueAsync(
            () =>
            {
                child = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
                    .FirstOrDefault(id => CommandOf(id) is [var program, "edit", ..] && program == SecretsOpsProcess.Program && IsBelow(id, terminal.Id));
                return Task.FromResult(child != 0);
            },
            "the program at the terminal");
        return child;
    }

    private static string[] CommandOf(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return []; // it has ended
        }
    }

    private static bool IsBelow(int id, int ancestor)
    {
        while (id > 1 && id != ancestor)
        {
            var status = File.ReadAllText($"/proc/{id}/stat");
            id = int.Parse(status[(status.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture);
        }

        return id == ancestor;
    }

    private static async Task SignalAsync(string signal, int processId) =>
        (await ExternalProgram.RunAsync("/bin/kill", [$"-{signal}", processId.ToString(CultureInfo.InvariantCulture)])).ShouldSucceed();

    private static Task GoneAsync(string seen) => Eventually.TrueAsync(() => Task.FromResult(!Directory.Exists(Path.GetDirectoryName(seen))), "the plaintext to go");

    // The editor of a killed program goes on without it.
    private async Task EndEditorAsync() => await ExternalProgram.RunAsync("/bin/kill", ["-KILL", _bench.Text("pid").Trim()]);
}
