using System.Diagnostics;
using SecretsOps.Testing;

namespace SecretsOps.Compatibility.Tests.Sops.Kills;

/// <summary>Row 165: whoever kills us at any moment finds the old file or the new one, whole.</summary>
public sealed class KillTests
{
    // Each round kills a little later, from the start of the process to its natural end.
    private const int Rounds = 6;

    private static readonly string Plain = string.Concat(Enumerable.Range(0, 2000).Select(number => $"key{number}: {new string('x', 200)}\n"));

    public static TheoryData<string, string[]> Writers => new()
    {
        { "set", ["set", "f.yaml", "[\"key1\"]", "\"new\""] },
        { "rotate", ["rotate", "-i", "f.yaml"] },
        { "updatekeys", ["updatekeys", "-y", "f.yaml"] },
        { "edit", ["edit", "f.yaml"] },
        { "encrypt", ["encrypt", "-i", "f.yaml"] },
    };

    [Theory]
    [MemberData(nameof(Writers))]
    public async Task Row_165_A_kill_at_any_moment_leaves_the_old_file_or_the_new_one(string verb, string[] arguments)
    {
        using var bench = new Workbench();
        bench.Write("editor", "#!/bin/sh\nsed -i s/key1:.*/'key1: new'/ \"$1\"\n");
        bench.Variables["EDITOR"] = $"sh {bench.Path}/editor";
        var old = verb == "encrypt" ? Plain : await bench.EncryptAsync("f.yaml", Plain);
        bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1},{Workbench.Age2}\n");
        var whole = await RunToItsEndAsync(bench, old, arguments);

        for (var round = 0; round < Rounds; round++)
        {
            bench.Write("f.yaml", old);
            using var process = SecretsOpsProcess.Start(bench, arguments);
            using var moment = new CancellationTokenSource(whole * round / (Rounds - 1));
            await WaitAsync(process, moment.Token);
            process.Kill();
            await process.WaitForExitAsync();

            var left = bench.Text("f.yaml");
            if (left != old)
            {
                Assert.Equal(Lines(Plain), Lines(await bench.DecryptAsync("f.yaml")));
            }
        }

        static string Lines(string text) => string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("key1:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Row_165_A_kill_while_the_new_file_is_being_written_leaves_the_old_one()
    {
        using var bench = new Workbench();
        bench.Write(".sops.yaml", $"creation_rules:\n  - age: {Workbench.Age1}\n");
        var old = new byte[32 << 20];
        File.WriteAllBytes(Path.Combine(bench.Path, "f.bin"), old);
        using var writer = SecretsOpsProcess.Start(bench, "encrypt", "-i", "f.bin");

        // The new text grows beside the old file before it takes its place.
        await Eventually.TrueAsync(() => Task.FromResult(writer.HasExited || Directory.GetFiles(bench.Path, "f.bin.*.tmp").Length > 0), "a temporary file beside the old one");
        writer.Kill();
        await writer.WaitForExitAsync();

        var left = bench.Bytes("f.bin");
        Assert.True(left.AsSpan().SequenceEqual(old) || (await bench.SopsAsync("decrypt", "f.bin")).Output.AsSpan().SequenceEqual(old), $"{left.Length} bytes are left that are neither the old file nor the new one");
    }

    private static async Task<TimeSpan> RunToItsEndAsync(Workbench bench, string old, string[] arguments)
    {
        bench.Write("f.yaml", old);
        var clock = Stopwatch.StartNew();
        using var process = SecretsOpsProcess.Start(bench, arguments);
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        Assert.NotEqual(old, bench.Text("f.yaml"));
        return clock.Elapsed;
    }

    private static async Task WaitAsync(Process process, CancellationToken moment)
    {
        try
        {
            await process.WaitForExitAsync(moment);
        }
        catch (OperationCanceledException)
        {
            // The moment has come.
        }
    }
}
