using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Compatibility.Tests.Sops.Peers;

/// <summary>Real age, gpg and the npm package <c>sops-age</c>: they open what we write, we open what they write.</summary>
public sealed partial class KeyToolTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Row_097_Age_opens_our_data_key_and_we_open_the_one_that_age_wraps()
    {
        var text = await _bench.EncryptAsync("f.yaml", "a: hunter2\n");
        var armor = ArmorOf(text, "AGE ENCRYPTED FILE");
        _bench.Write("wrapped.age", armor);
        _bench.Write("key.txt", _bench.Variables["SOPS_AGE_KEY"]);

        (await RunAsync(ExternalPrograms.Age, "--decrypt", "-i", "key.txt", "-o", "data.key", "wrapped.age")).ShouldSucceed();
        Assert.Equal(32, _bench.Bytes("data.key").Length);

        (await RunAsync(ExternalPrograms.Age, "--encrypt", "--armor", "-r", Workbench.Age2, "-o", "again.age", "data.key")).ShouldSucceed();
        _bench.Write("f.yaml", WithArmor(text, armor, _bench.Text("again.age")).Replace(Workbench.Age1, Workbench.Age2, StringComparison.Ordinal));
        _bench.Variables["SOPS_AGE_KEY"] = SopsIdentities.With("age2.txt")["SOPS_AGE_KEY"];
        Assert.Equal("a: hunter2\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_110_Gpg_opens_our_data_key_and_we_open_the_one_that_gpg_wraps()
    {
        const string Fingerprint = "AD3990B9D4711E92B5BE684EECBEBDCEF33AA94C";
        foreach (var (name, value) in SopsIdentities.With("pgp1.asc"))
        {
            _bench.Variables[name] = value;
        }

        _bench.Write("f.yaml", "a: hunter2\n");
        Assert.Equal(0, (await _bench.SopsAsync("encrypt", "-i", "--pgp", Fingerprint, "f.yaml")).ExitCode);
        var text = _bench.Text("f.yaml");
        var armor = ArmorOf(text, "PGP MESSAGE");
        _bench.Write("wrapped.asc", armor);

        (await RunAsync(ExternalPrograms.Gpg, "--batch", "--yes", "--output", "data.key", "--decrypt", "wrapped.asc")).ShouldSucceed();
        Assert.Equal(32, _bench.Bytes("data.key").Length);

        (await RunAsync(ExternalPrograms.Gpg, "--batch", "--yes", "--trust-model", "always", "--armor", "--recipient", Fingerprint, "--output", "again.asc", "--encrypt", "data.key")).ShouldSucceed();
        _bench.Write("f.yaml", WithArmor(text, armor, _bench.Text("again.asc")));
        Assert.Equal("a: hunter2\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Theory]
    [InlineData("f.yaml", "yaml", "a: hunter2\nm:\n    n: 5\n    l:\n        - true\n        - x\n", """{"a":"hunter2","m":{"n":5,"l":[true,"x"]}}""")]
    [InlineData("f.json", "json", """{"a": "hunter2", "m": {"n": 5}}""", """{"a":"hunter2","m":{"n":5}}""")]
    [InlineData("f.env", "env", "A=hunter2\nB=x y\n", """{"A":"hunter2","B":"x y"}""")]
    public async Task Sops_age_opens_what_we_write(string name, string type, string plain, string expected)
    {
        await _bench.EncryptAsync(name, plain);
        var directory = ExternalPrograms.NodePackage("sops-age", "4.0.2");
        var script = $$"""
            const { decryptSops } = require('sops-age');
            decryptSops({ path: '{{_bench.Path}}/{{name}}', fileType: '{{type}}', secretKey: '{{IdentityLine().Match(_bench.Variables["SOPS_AGE_KEY"]).Value}}' }).then(value => console.log(JSON.stringify(value)));
            """;

        var run = await ExternalProgram.RunAsync(ExternalPrograms.Node, ["-e", script], new RunOptions { Directory = directory });

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(run.ShouldSucceed().StandardOutput)), run.ToString());
    }

    private Task<ProgramResult> RunAsync(string program, params string[] arguments) => ExternalProgram.RunAsync(
        program, arguments, new RunOptions { Directory = _bench.Path, Environment = new Dictionary<string, string?> { ["GNUPGHOME"] = _bench.Variables["GNUPGHOME"] } });

    /// <summary>The armor in the metadata of a YAML file, without its indentation.</summary>
    private static string ArmorOf(string text, string kind)
    {
        var match = Regex.Match(text, $@"-----BEGIN {kind}-----.*?-----END {kind}-----", RegexOptions.Singleline);
        Assert.True(match.Success);
        return string.Concat(match.Value.Split('\n').Select(line => line.Trim() + "\n"));
    }

    private static string WithArmor(string text, string old, string replacement) => text.Replace(Indented(old), Indented(replacement), StringComparison.Ordinal);

    private static string Indented(string armor) => string.Join('\n', armor.Trim().Split('\n').Select(line => line.Length == 0 ? "" : "            " + line));

    [GeneratedRegex("AGE-SECRET-KEY-1[A-Z0-9]+")]
    private static partial Regex IdentityLine();
}
