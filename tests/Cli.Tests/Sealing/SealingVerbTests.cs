using SecretsOps.Testing;

namespace SecretsOps.Cli.Tests.Sealing;

public sealed class SealingVerbTests : IDisposable
{
    private const string Secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\nstringData:\n  user: admin\n  password: canary-7F3a\n";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Sealing_one_file_prints_yaml_with_the_keys_fingerprint()
    {
        var run = await RunAsync("seal", _directory.Write("secret.yaml", Secret), "--cert", CliSetup.Certificate);

        Assert.Equal("", run.Error);
        Assert.StartsWith("---\napiVersion: bitnami.com/v1alpha1\n", run.Output);
        Assert.Contains("secretsops.io/sealed-with: SHA256:", run.Output);
        Assert.DoesNotContain("canary-7F3a", run.Output);
    }

    [Fact]
    public async Task Sealing_a_tree_for_two_clusters_writes_one_output_each()
    {
        _directory.Write("in/a/one.yaml", Secret);
        _directory.Write("in/two.yaml", Secret.Replace("name: db", "name: two"));
        _directory.Write("in/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n");
        var output = _directory.Combine("out");

        var run = await RunAsync("seal", _directory.Combine("in"), "--cert", $"east={CliSetup.Certificate}", "--cert", $"west={Path.Combine(CliSetup.Keys, "new.crt")}", "-w", output);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["east/a/one.yaml", "east/two.yaml", "west/a/one.yaml", "west/two.yaml"],
            Directory.GetFiles(output, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(output, file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_writes_nothing()
    {
        _directory.Write("in/one.yaml", Secret);
        _directory.Write("in/two.yaml", Secret);

        var run = await RunAsync("seal", _directory.Combine("in"), "--cert", CliSetup.Certificate, "--dry-run");

        Assert.Contains("would seal one.yaml", run.Error);
        Assert.Equal(2, Directory.GetFiles(_directory.Combine("in")).Length);
    }

    [Fact]
    public async Task What_was_sealed_can_be_viewed_set_unset_compared_and_unsealed()
    {
        var file = await SealAsync();
        var before = _directory.Write("before.yaml", await File.ReadAllTextAsync(file));

        var set = await RunAsync("set", file, "password=changed", "extra=@" + _directory.Write("value.txt", "from a file"), "--cert", CliSetup.Certificate);
        var unset = await RunAsync("unset", file, "user");

        Assert.Equal("", set.Error + unset.Error);
        Assert.Equal("changed", (await RunAsync("view", file, "password", "--key", CliSetup.PrivateKey)).Output);
        Assert.Equal("extra\npassword\n", (await RunAsync("view", file, "--keys")).Output);
        Assert.Equal("stringData:\n  extra: from a file\n  password: changed\n", (await RunAsync("view", file, "--key", CliSetup.PrivateKey)).Output);
        var diff = await RunAsync("diff", before, file, "--key", CliSetup.PrivateKey, "--exit-code");
        Assert.Equal("+ extra\n- user\n~ password\n", diff.Output);
        Assert.Equal(3, diff.ExitCode);
        Assert.Contains("password: Y2hhbmdlZA==", (await RunAsync("unseal", file, "--key", CliSetup.PrivateKey)).Output);
    }

    [Fact]
    public async Task Setting_a_value_keeps_every_other_byte_of_the_file()
    {
        var file = await SealAsync();
        var text = (await File.ReadAllTextAsync(file)).Replace("spec:\n", "spec: # what it holds\n").Replace("  template:", "\n  # made from\n  template:");
        await File.WriteAllTextAsync(file, text);

        await RunAsync("set", file, "a=1", "--cert", CliSetup.Certificate);
        var lines = (await File.ReadAllTextAsync(file)).Split('\n').ToList();

        Assert.Equal(1, lines.RemoveAll(line => line.StartsWith("    a: A", StringComparison.Ordinal)));
        Assert.Equal(text, string.Join('\n', lines));
    }

    [Fact]
    public async Task Resealing_a_tree_changes_old_values_once_and_nothing_the_second_time()
    {
        var file = await SealAsync();
        var original = await File.ReadAllTextAsync(file);
        string[] arguments = ["reseal", _directory.Path, "--cert", Path.Combine(CliSetup.Keys, "new.crt"), "--key", CliSetup.PrivateKey, "--key", Path.Combine(CliSetup.Keys, "new.key")];

        var first = await RunAsync(arguments);
        var resealed = await File.ReadAllTextAsync(file);
        var second = await RunAsync(arguments);

        Assert.Contains("resealed 2 values in 1 of 1 file", first.Error);
        Assert.NotEqual(original, resealed);
        Assert.Contains("resealed 0 values", second.Error);
        Assert.Equal(resealed, await File.ReadAllTextAsync(file));
        Assert.Equal("canary-7F3a", (await RunAsync("view", file, "password", "--key", Path.Combine(CliSetup.Keys, "new.key"))).Output);
    }

    [Fact]
    public async Task Editing_seals_again_only_what_changed()
    {
        var file = await SealAsync();
        var before = await File.ReadAllTextAsync(file);
        var editor = "sh " + _directory.Write("editor.sh", "sed -i 's/canary-7F3a/edited/' \"$1\"\n");
        var setup = new CliSetup { Variables = new() { ["EDITOR"] = editor, ["PATH"] = Environment.GetEnvironmentVariable("PATH")! } };

        var run = await CliRun.SecretsOpsAsync(setup, "edit", file, "--cert", CliSetup.Certificate, "--key", CliSetup.PrivateKey);

        Assert.Equal("~ password\n", run.Error);
        var changed = before.Split('\n').Except((await File.ReadAllTextAsync(file)).Split('\n')).ToArray();
        Assert.StartsWith("    password: ", Assert.Single(changed));
        Assert.Equal("edited", (await RunAsync("view", file, "password", "--key", CliSetup.PrivateKey)).Output);
    }

    [Fact]
    public async Task Lint_finds_plaintext_and_what_will_not_open()
    {
        var file = await SealAsync();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("metadata:\n  annotations:", "metadata:\n  name: moved\n  annotations:").Replace("\n  name: db\n  namespace: shop\nspec", "\n  namespace: shop\nspec"));
        _directory.Write("plain.yaml", Secret);
        _directory.Write("broken.yaml", "kind: SealedSecret\nmetadata: {name: x, namespace: other}\nspec: {encryptedData: {a: '***', b: QQ==}}\n");

        var run = await CliRun.SecretsOpsAsync(new CliSetup { Directory = _directory.Path }, "lint", ".");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("Secret/shop/db: a plaintext Secret", run.Output);
        Assert.Contains("SealedSecret/other/x: 'a' is not sealed: illegal base64 data at input byte 0", run.Output);
        Assert.Contains("'b' is cut off or not sealed", run.Output);
        Assert.Contains("SealedSecret/shop/moved: the template's name is 'db', the object's 'moved'", run.Output);
        Assert.DoesNotContain("canary-7F3a", run.Output);
    }

    [Fact]
    public async Task A_renamed_secret_is_refused_with_error_and_hint()
    {
        var file = await SealAsync();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("name: db", "name: renamed"));

        var run = await RunAsync("view", file, "--key", CliSetup.PrivateKey);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.StartsWith("secretsops: error: SealedSecret/shop/renamed: no key in the ring can unseal 'password', 'user' (strict scope 'shop/renamed', 1 keys tried)", run.Error);
        Assert.Contains("\nsecretsops: hint: the name or namespace may have changed since sealing", run.Error);
    }

    [Fact]
    public async Task The_certificate_is_described()
    {
        var run = await RunAsync("cert", CliSetup.Certificate);

        Assert.Matches("^fingerprint  SHA256:\\S+\nkey          RSA-2048\nnot before   ", run.Output);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_scripts_ask_the_program(string shell) =>
        Assert.Contains("[suggest:", (await RunAsync("completion", shell)).Output);

    [Fact]
    public async Task A_wrong_verb_is_a_usage_error()
    {
        var run = await RunAsync("seall");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("secretsops: error: ", run.Error);
        Assert.Contains("\nsecretsops: hint: 'secretsops --help' shows the usage\n", run.Error);
    }

    private static Task<CliRun> RunAsync(params string[] arguments) => CliRun.SecretsOpsAsync(new CliSetup(), arguments);

    private async Task<string> SealAsync()
    {
        using var source = new TemporaryDirectory();
        var target = _directory.Combine("sealed.yaml");
        var run = await RunAsync("seal", source.Write("secret.yaml", Secret), "--cert", CliSetup.Certificate, "-w", target);
        Assert.Equal(0, run.ExitCode);
        return target;
    }
}
