using System.Text;
using System.Text.RegularExpressions;
using SecretsOps.Testing;

namespace SecretsOps.Compatibility.Tests.SealedSecrets;

public sealed partial class SealingTests
{
    // The flags of every case, from SOURCE.md.
    private static readonly Dictionary<string, string> FlagsOf = new()
    {
        ["strict-json"] = "--cert keys/new.crt -o json",
        ["namespace-wide-flag"] = "--cert keys/new.crt -o yaml --scope namespace-wide",
        ["namespace-wide-annotation-json"] = "--cert keys/new.crt -o json",
        ["cluster-wide-flag"] = "--cert keys/new.crt -o yaml --scope cluster-wide",
        ["cluster-wide-json"] = "--cert keys/new.crt -o json --scope cluster-wide",
        ["empty-data-allowed"] = "--cert keys/new.crt -o yaml --allow-empty-data",
        ["sealed-with-old-key"] = "--cert keys/old.crt -o yaml",
        ["old-key-cluster-wide"] = "--cert keys/old.crt -o json --scope cluster-wide",
        ["flags-name-namespace"] = "--cert keys/new.crt -o yaml --name renamed -n team-a",
        ["own-rsa2048-key"] = "--cert keys/rsa2048.crt -o yaml",
    };

    public static TheoryData<string> Sealed => [.. VectorSet.NamesWith("secret.yaml", "secret.json").Where(name => !VectorSet.Has(name, "seal-error.txt"))];

    public static TheoryData<string> Refused => VectorSet.CasesWith("seal-error.txt");

    [Theory]
    [MemberData(nameof(Sealed))]
    public async Task Sealing_prints_what_kubeseal_printed_but_for_the_ciphertext(string name)
    {
        var run = await SealAsync(name);

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Masked(Encoding.UTF8.GetString(VectorSet.Read(name, "sealed.yaml", "sealed.json"))), Masked(run.Text));
    }

    [Theory]
    [MemberData(nameof(Sealed))]
    public async Task What_we_seal_recovers_to_the_same_secret(string name)
    {
        var sealedRun = await SealAsync(name);
        var format = VectorSet.Has(name, "recovered.json") ? "json" : "yaml";
        var keys = name == "own-rsa2048-key" ? "keys/rsa2048.key" : VectorSet.Backup;

        var recovered = await KubesealRun.StartAsync(sealedRun.Output, "--recovery-unseal", "--recovery-private-key", keys, "-o", format);

        Assert.Equal("", recovered.Error);
        if (!VectorSet.Has(name, "recovered.sha256"))
        {
            Assert.Equal(Encoding.UTF8.GetString(VectorSet.Read(name, "recovered.yaml", "recovered.json")), recovered.Text);
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Sealing_refuses_what_kubeseal_refused_in_its_words(string name)
    {
        var run = await SealAsync(name);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Equal(Encoding.UTF8.GetString(VectorSet.Read(name, "seal-error.txt")), run.Error);
    }

    [Theory]
    [InlineData("strict", "--name rawsec -n team-a")]
    [InlineData("namespace-wide", "-n team-a")]
    [InlineData("cluster-wide", "")]
    public async Task CLI_27_a_raw_value_opens_under_its_scope(string scope, string place)
    {
        var run = await KubesealRun.StartAsync([], [.. $"--cert keys/new.crt --raw --scope {scope} {place} --from-file raw/{scope}.value".Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        var template = Encoding.UTF8.GetString(VectorSet.Read($"raw-{scope}", "sealed.yaml"));
        var recorded = File.ReadAllText(Path.Combine(VectorSet.Directory, "raw", $"{scope}.sealed"));

        var recovered = await KubesealRun.StartAsync(
            Encoding.UTF8.GetBytes(template.Replace(recorded, run.Text)), "--recovery-unseal", "--recovery-private-key", VectorSet.Backup, "-o", "yaml");

        Assert.Equal("", run.Error);
        Assert.DoesNotContain("\n", run.Text);
        Assert.Equal(recorded.Length, run.Text.Length);
        Assert.Equal(Encoding.UTF8.GetString(VectorSet.Read($"raw-{scope}", "recovered.yaml")), recovered.Text);
    }

    [Theory]
    [InlineData("merge-into-yaml", "yaml")]
    [InlineData("merge-into-json", "json")]
    public async Task CLI_30_merging_writes_what_kubeseal_wrote_but_for_the_ciphertext(string name, string format)
    {
        using var directory = new TemporaryDirectory();
        var target = directory.Combine($"sealed.{format}");
        File.Copy(VectorSet.PathOf(name, $"sealed-before.{format}"), target);

        var run = await KubesealRun.StartAsync(VectorSet.Read(name, "secret-merged-in.yaml"), "--cert", "keys/new.crt", "-o", format, "--merge-into", target);
        var recovered = await KubesealRun.StartAsync(await File.ReadAllBytesAsync(target), "--recovery-unseal", "--recovery-private-key", VectorSet.Backup, "-o", format);

        Assert.Equal("", run.Error);
        Assert.Empty(run.Output);
        Assert.Equal(Masked(Encoding.UTF8.GetString(VectorSet.Read(name, $"sealed.{format}"))), Masked(await File.ReadAllTextAsync(target)));
        Assert.Equal(Encoding.UTF8.GetString(VectorSet.Read(name, $"recovered.{format}")), recovered.Text);
    }

    private static Task<KubesealRun> SealAsync(string name)
    {
        var flags = FlagsOf.GetValueOrDefault(name, "--cert keys/new.crt -o yaml");
        return KubesealRun.StartAsync(VectorSet.Read(name, "secret.yaml", "secret.json"), flags.Split(' '));
    }

    // Sealed values differ in every run, their lengths do not.
    private static string Masked(string text) => Ciphertext().Replace(text, match => $"<{match.Length} characters sealed>");

    [GeneratedRegex("A[gQ][A-D][A-Za-z0-9+/]{300,}={0,2}")]
    private static partial Regex Ciphertext();
}
