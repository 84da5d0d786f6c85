using SecretsOps.Testing;

namespace SecretsOps.Compatibility.Tests.Sops;

public sealed class SopsVectorTests
{
    public static TheoryData<string> Decrypted => [.. SopsVectors.Names.Where(name => SopsVectors.FileOf(name, "dec") is not null && SopsVectors.FileOf(name, "enc") is not null)];

    public static TheoryData<string> Refused => [.. SopsVectors.Names.Where(name => File.Exists(ErrorOf(name, "dec")))];

    public static TheoryData<string> Encrypted => [.. SopsVectors.Names.Where(name => SopsVectors.FileOf(name, "plain") is not null && SopsVectors.Meta(name)["encrypt"]!.GetValue<string>().StartsWith("sops", StringComparison.Ordinal))];

    public static TheoryData<string, int> More
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var name in SopsVectors.Names)
            {
                for (var index = 0; index < (SopsVectors.Meta(name)["more"]?.AsArray().Count ?? 0); index++)
                {
                    data.Add(name, index);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Edited => [.. SopsVectors.Names.Where(name => SopsVectors.FileOf(name, "before") is not null)];

    [Theory]
    [MemberData(nameof(Decrypted))]
    public async Task Decrypt_prints_what_sops_printed(string name)
    {
        var run = await SopsRun.StartAsync(SopsVectors.DirectoryOf(name), SopsIdentities.For(name), "decrypt", Path.GetFileName(SopsVectors.FileOf(name, "enc")!));

        Assert.Equal((0, File.ReadAllText(SopsVectors.FileOf(name, "dec")!)), (run.ExitCode, run.Text + (run.ExitCode == 0 ? "" : run.Error)));
        Assert.Equal(File.ReadAllBytes(SopsVectors.FileOf(name, "dec")!), run.Output);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Decrypt_refuses_what_sops_refused_with_its_code(string name)
    {
        var (exitCode, message) = SopsVectors.Error(ErrorOf(name, "dec"));

        var run = await SopsRun.StartAsync(SopsVectors.DirectoryOf(name), SopsIdentities.For(name), "decrypt", Path.GetFileName(SopsVectors.FileOf(name, "enc")!));

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Empty(run.Output);
        if (exitCode != 128 && !message.Contains("does not match sops' data format", StringComparison.Ordinal) && !message.Contains("strconv", StringComparison.Ordinal) && !message.StartsWith("[SOPS]", StringComparison.Ordinal))
        {
            Assert.Equal(message, run.Error);
        }
    }

    [Theory]
    [MemberData(nameof(Encrypted))]
    public async Task Encrypt_writes_what_sops_wrote_but_for_what_is_random(string name)
    {
        using var copy = CopyOf(name);
        var words = SopsVectors.Words(SopsVectors.Meta(name)["encrypt"]!.GetValue<string>());

        var run = await SopsRun.StartAsync(copy.Path, SopsIdentities.All, words);

        if (File.Exists(ErrorOf(name, "enc")))
        {
            var (exitCode, message) = SopsVectors.Error(ErrorOf(name, "enc"));
            Assert.Equal((exitCode, WithoutValue(message)), (run.ExitCode, run.Error));
            return;
        }

        Assert.Equal("", run.Error);
        var enc = SopsVectors.FileOf(name, "enc")!;
        Assert.Equal(SopsVectors.Masked(File.ReadAllText(enc)), SopsVectors.Masked(run.Text));
        File.WriteAllBytes(Path.Combine(copy.Path, Path.GetFileName(enc)), run.Output);
        var back = await SopsRun.StartAsync(copy.Path, SopsIdentities.For(name), "decrypt", Path.GetFileName(enc));
        Assert.Equal(File.ReadAllBytes(SopsVectors.FileOf(name, "dec")!), back.Output);
    }

    [Theory]
    [MemberData(nameof(More))]
    public async Task Further_commands_print_what_sops_printed(string name, int index)
    {
        var more = SopsVectors.Meta(name)["more"]![index]!;
        var expected = File.ReadAllText(Path.Combine(SopsVectors.DirectoryOf(name), more["file"]!.GetValue<string>()));

        var run = await SopsRun.StartAsync(SopsVectors.DirectoryOf(name), SopsIdentities.For(name), SopsVectors.Words(more["command"]!.GetValue<string>()));

        var exitCode = more["exit"]!.GetValue<int>();
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(expected, exitCode == 0 ? run.Text : $"exit {exitCode}\n{run.Error}");
    }

    [Theory]
    [MemberData(nameof(Edited))]
    public async Task Edits_leave_the_file_as_sops_left_it_but_for_what_is_random(string name)
    {
        using var copy = CopyOf(name);
        var enc = Path.Combine(copy.Path, Path.GetFileName(SopsVectors.FileOf(name, "before")!).Replace("before", "enc", StringComparison.Ordinal));
        File.Copy(SopsVectors.FileOf(name, "before")!, enc, overwrite: true);

        foreach (var command in SopsVectors.Meta(name)["commands"]!.AsArray())
        {
            var run = await SopsRun.StartAsync(copy.Path, SopsIdentities.For(name), SopsVectors.Words(command!["command"]!.GetValue<string>()));
            Assert.Equal((command["exit"]!.GetValue<int>(), WithoutTimes(command["stderr"]!.GetValue<string>())), (run.ExitCode, WithoutTimes(run.Error)));
        }

        Assert.Equal(SopsVectors.Masked(File.ReadAllText(SopsVectors.FileOf(name, "enc")!)), SopsVectors.Masked(File.ReadAllText(enc)));
        var back = await SopsRun.StartAsync(copy.Path, SopsIdentities.For(name), "decrypt", Path.GetFileName(enc));
        Assert.Equal(File.ReadAllText(SopsVectors.FileOf(name, "dec")!), back.Text);
    }

    /// <summary>Group 1 of this case opens with a key of OpenPGP or with the one of AWS KMS alone.</summary>
    [Fact]
    public async Task A_group_opens_with_its_key_of_AWS_KMS_alone()
    {
        var run = await SopsRun.StartAsync(SopsVectors.DirectoryOf("groups-multi-recipients"), SopsIdentities.WithKms("age1.txt"), "decrypt", "enc.yaml");

        Assert.Equal((0, File.ReadAllText(SopsVectors.FileOf("groups-multi-recipients", "dec")!)), (run.ExitCode, run.Text));
    }

    private static string ErrorOf(string name, string kind) => Path.Combine(SopsVectors.DirectoryOf(name), kind + "-error.txt");

    /// <summary>Our messages hold no value: see docs/reference/compatibility-sops.md.</summary>
    private static string WithoutValue(string message) => message.Replace(" `just text`", "", StringComparison.Ordinal);

    private static string WithoutTimes(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Length > 20 && char.IsAsciiDigit(line[0]) && line[4] == '/' ? line[20..] : line));

    private static TemporaryDirectory CopyOf(string name)
    {
        var copy = new TemporaryDirectory();
        foreach (var file in Directory.GetFiles(SopsVectors.DirectoryOf(name)))
        {
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        }

        return copy;
    }
}
