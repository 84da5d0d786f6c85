using SecretsOps.SealedSecrets;
using SecretsOps.Testing;

namespace SecretsOps.Cli.Tests.Sealing;

/// <summary>The verbs of every day beyond their plain use: trees and patterns, rehearsals, JSON files, warnings, progress, completion.</summary>
public sealed class DailyWorkTests : IDisposable
{
    private const string Secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\nstringData:\n  user: admin\n  password: canary-7F3a\n";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("in/*.yaml", "top.yaml")]
    [InlineData("in/**/*.yaml", "a/deep.yaml,a/b/deeper.yaml,top.yaml")]
    [InlineData("in/a/d?ep.yaml", "deep.yaml")]
    [InlineData("in", "a/deep.yaml,a/b/deeper.yaml,top.yaml")]
    public async Task Patterns_and_directories_name_the_files_to_seal(string pattern, string expected)
    {
        foreach (var file in (string[])["in/top.yaml", "in/a/deep.yaml", "in/a/b/deeper.yaml"])
        {
            _directory.Write(file, Secret);
        }

        _directory.Write("in/.hidden/not.yaml", Secret);
        _directory.Write("in/notes.txt", "kind: Secret");

        var run = await RunAsync("seal", pattern, "--cert", CliSetup.Certificate, "-w", "out/");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            expected.Split(',').Order(StringComparer.Ordinal),
            Directory.GetFiles(_directory.Combine("out"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_directory.Combine("out"), file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_rehearsal_of_set_and_reseal_leaves_the_file_alone()
    {
        var file = await SealAsync("sealed.yaml");
        var before = await File.ReadAllTextAsync(file);

        var set = await RunAsync("set", file, "extra=1", "--cert", CliSetup.Certificate, "--dry-run");
        var resealed = await RunAsync("reseal", file, "--cert", NewCertificate, "--key", CliSetup.PrivateKey, "--dry-run");

        Assert.Contains("    extra: AQ", set.Output);
        Assert.Contains("would reseal 2 values in 1 of 1 file", resealed.Error);
        Assert.Equal(before, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_file_in_JSON_stays_in_JSON()
    {
        var file = await SealAsync("sealed.json", "-o", "json");

        await RunAsync("set", file, "extra=1", "--cert", CliSetup.Certificate);
        await RunAsync("unset", file, "user");

        Assert.StartsWith("{\n  \"kind\": \"SealedSecret\"", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.Equal(["extra", "password"], (await RunAsync("view", file, "--keys")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Equal("canary-7F3a", (await RunAsync("view", file, "password", "--key", CliSetup.PrivateKey)).Output);
    }

    [Fact]
    public async Task Lint_tells_another_key_a_List_and_an_expired_certificate()
    {
        await SealAsync("sealed.yaml");
        _directory.Write("list.yaml", "kind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: x, namespace: team}, stringData: {a: canary-7F3a}}\n");

        var run = await RunAsync("lint", ".", "--cert", NewCertificate);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("SealedSecret/shop/db: sealed with SHA256:", run.Output);
        Assert.Contains("list.yaml:1: Secret/team/x: a plaintext Secret", run.Output);
        Assert.DoesNotContain("canary-7F3a", run.Output + run.Error);
    }

    [Theory]
    [InlineData(20, 0, "warning: the sealing certificate expires on ")]
    [InlineData(-1, 1, "failed to encrypt using an expired certificate on ")]
    public async Task A_certificate_that_ends_is_warned_of_and_then_refused(int daysLeft, int exitCode, string message)
    {
        var end = SealingCertificate.Parse(await File.ReadAllBytesAsync(CliSetup.Certificate)).NotAfter;
        var setup = new CliSetup { Directory = _directory.Path, Time = new FixedTime(end.AddDays(-daysLeft)) };
        _directory.Write("secret.yaml", Secret);

        var ours = await CliRun.SecretsOpsAsync(setup, "seal", "secret.yaml", "--cert", CliSetup.Certificate);
        var kubeseal = await CliRun.KubesealAsync(setup with { Input = System.Text.Encoding.UTF8.GetBytes(Secret) }, "--cert", CliSetup.Certificate);

        Assert.Equal((exitCode, exitCode), (ours.ExitCode, kubeseal.ExitCode));
        Assert.Contains(message, ours.Error);
        Assert.Contains(message, kubeseal.Error);
    }

    [Fact]
    public async Task Progress_is_shown_to_a_person_and_to_nobody_else()
    {
        _directory.Write("in/one.yaml", Secret);
        _directory.Write("in/two.yaml", Secret);
        var setup = new CliSetup { Directory = _directory.Path };

        var shown = await CliRun.SecretsOpsAsync(setup with { IsErrorTerminal = true }, "seal", "in", "--cert", CliSetup.Certificate, "-w", "out");
        var silent = await CliRun.SecretsOpsAsync(setup, "seal", "in", "--cert", CliSetup.Certificate, "-w", "out");

        Assert.Contains("sealing 2/2", shown.Error);
        Assert.DoesNotContain("2/2", silent.Error);
    }

    [Fact]
    public async Task Seal_takes_the_flags_of_kubeseal_and_has_words_of_its_own_for_errors()
    {
        var value = _directory.Write("value.txt", "hello");
        var target = await SealAsync("target.yaml");

        var raw = await RunAsync("seal", "--raw", "--from-file", value, "--name", "db", "-n", "shop", "--cert", CliSetup.Certificate);
        var merged = await CliRun.SecretsOpsAsync(
            CliSetup.With("metadata: {name: x, namespace: y-y}\nstringData: {extra: more}\n") with { Directory = _directory.Path }, "seal", "--merge-into", target, "--cert", CliSetup.Certificate);
        var recovered = await RunAsync("seal", "--recovery-unseal", "-f", target, "--recovery-private-key", CliSetup.PrivateKey, "-o", "yaml");
        var refused = await RunAsync("seal", "--raw", "--from-file", value, "--cert", CliSetup.Certificate);
        var wrong = await RunAsync("seal", "--raw", "--no-such-flag");

        Assert.Matches("^AQ[A-D][A-Za-z0-9+/=]+$", raw.Output);
        Assert.Equal("", merged.Error + merged.Output);
        Assert.Contains("extra: bW9yZQ==", recovered.Output);
        Assert.Equal("secretsops: error: must provide the --name flag with --raw and --scope strict\nsecretsops: hint: a strict value is bound to its name; --scope namespace-wide needs none\n", refused.Error);
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal(2, wrong.ExitCode);
        Assert.StartsWith("secretsops: error: unknown flag: --no-such-flag\n", wrong.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secretsops res", "reseal")]
    [InlineData("secretsops seal --sc", "--scope")]
    [InlineData("secretsops keys ret", "retire")]
    public async Task Completion_suggests_verbs_and_options(string line, string expected)
    {
        var run = await RunAsync($"[suggest:{line.Length}]", line);

        Assert.Contains(expected, run.Output.Split('\n'));
    }

    private static string NewCertificate => Path.Combine(CliSetup.Keys, "new.crt");

    private Task<CliRun> RunAsync(params string[] arguments) => CliRun.SecretsOpsAsync(new CliSetup { Directory = _directory.Path }, arguments);

    private async Task<string> SealAsync(string name, params string[] more)
    {
        using var source = new TemporaryDirectory();
        var target = _directory.Combine(name);
        Assert.Equal(0, (await RunAsync(["seal", source.Write("secret.yaml", Secret), "--cert", CliSetup.Certificate, "-w", target, .. more])).ExitCode);
        return target;
    }
}
