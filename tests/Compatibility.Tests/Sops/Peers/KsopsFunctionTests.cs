using System.Text;

namespace SecretsOps.Compatibility.Tests.Sops.Peers;

/// <summary>The generator of KSOPS as kustomize and people call it.</summary>
public sealed class KsopsFunctionTests : IDisposable
{
    private const string Generator = """
        apiVersion: viaduct.ai/v1
        kind: ksops
        metadata:
          name: made
        secretFrom:
        - metadata:
            name: built
            namespace: shop
            labels: {app: shop}
            annotations: {kustomize.config.k8s.io/needs-hash: "true", kustomize.config.k8s.io/behavior: merge}
          type: kubernetes.io/basic-auth
          files: [./token.enc.txt, named=token.enc.txt]
          binaryFiles: [raw=./raw.enc.bin]
          envs: [./app.enc.env]

        """;

    private const string Built = """
        apiVersion: v1
        data:
          raw: AP8K
        kind: Secret
        metadata:
          annotations:
            kustomize.config.k8s.io/behavior: merge
            kustomize.config.k8s.io/needs-hash: "true"
          labels:
            app: shop
          name: built
          namespace: shop
        stringData:
          A: one
          B: |-
            two
            lines
          C: '# no comment'
          named: abc
          token.enc.txt: abc
        type: kubernetes.io/basic-auth

        """;

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Row_172_Every_field_of_secretFrom_is_taken()
    {
        await PrepareAsync();
        _bench.Write("generator.yaml", Generator);
        Assert.Equal(Sorted(Built), Sorted((await RunAsync("generator.yaml")).Text));
    }

    /// <summary>kustomize puts the generator into items and functionConfig; KSOPS leaves only what it generated.</summary>
    [Fact]
    public async Task Row_173_A_generator_among_the_items_gives_way_to_what_it_generates()
    {
        await PrepareAsync();
        _bench.Input = Encoding.UTF8.GetBytes($"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- {Indented(Generator)}- apiVersion: v1\n  kind: ConfigMap\n  metadata: {{name: kept}}\nfunctionConfig:\n  {Indented(Generator)}");

        var run = await RunAsync();

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var items = run.Text[run.Text.IndexOf("\nitems:", StringComparison.Ordinal)..];
        Assert.DoesNotContain("kind: ksops", items, StringComparison.Ordinal);
        Assert.Equal(2, items.Split("name: built").Length);
        Assert.Contains("name: kept", items, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_173_Items_alone_and_a_bare_generator_are_enough()
    {
        await PrepareAsync();
        _bench.Input = Encoding.UTF8.GetBytes($"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- {Indented(Generator)}");
        var list = await RunAsync();
        Assert.Equal((0, ""), (list.ExitCode, list.Error));
        Assert.DoesNotContain("ksops", list.Text, StringComparison.Ordinal);
        Assert.Contains("  stringData:\n", list.Text, StringComparison.Ordinal);

        _bench.Input = Encoding.UTF8.GetBytes(Generator);
        Assert.Equal(Sorted(Built), Sorted((await RunAsync()).Text));
    }

    [Theory]
    [InlineData("has neither 'files' nor 'secretFrom'", "apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: {name: x}\n")]
    [InlineData("error decrypting file './none.yaml'", "apiVersion: viaduct.ai/v1\nkind: ksops\nfiles: [./none.yaml]\n")]
    [InlineData("error decrypting file 'plain.yaml'", "apiVersion: viaduct.ai/v1\nkind: ksops\nfiles: [plain.yaml]\n")]
    [InlineData("'a=b=c' is not of the form", "apiVersion: viaduct.ai/v1\nkind: ksops\nsecretFrom: [{metadata: {name: x}, files: [a=b=c]}]\n")]
    [InlineData("neither a ResourceList nor a generator", "kind: Other\n")]
    [InlineData("KSOPS_CONCURRENCY_LIMIT must be a number above 0", "apiVersion: viaduct.ai/v1\nkind: ksops\nfiles: []\n", "KSOPS_CONCURRENCY_LIMIT", "none")]
    public async Task Row_172_What_cannot_be_generated_is_named_and_nothing_is_printed(string reason, string input, params string[] variable)
    {
        await PrepareAsync();
        _bench.Write("plain.yaml", "a: 1\n");
        _bench.Input = Encoding.UTF8.GetBytes(input);
        if (variable is [var name, var value])
        {
            _bench.Variables[name] = value;
        }

        var run = await RunAsync();

        Assert.Equal((1, ""), (run.ExitCode, run.Text));
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_172_A_file_whose_MAC_does_not_match_is_refused()
    {
        await _bench.EncryptAsync("f.yaml", "apiVersion: v1\nkind: Secret\nmetadata_unencrypted: {name: x}\n");
        _bench.Replace("f.yaml", "name: x", "name: y");
        _bench.Input = "apiVersion: viaduct.ai/v1\nkind: ksops\nfiles: [f.yaml]\n"u8.ToArray();
        var run = await RunAsync();
        Assert.Equal((1, ""), (run.ExitCode, run.Text));
        Assert.Contains("MAC mismatch", run.Error, StringComparison.Ordinal);
    }

    private async Task PrepareAsync()
    {
        await _bench.EncryptAsync("token.enc.txt", "abc");
        File.WriteAllBytes(Path.Combine(_bench.Path, "raw.enc.bin"), [0, 255, 10]);
        Assert.Equal(0, (await _bench.SopsAsync("encrypt", "-i", "--age=" + Workbench.Age1, "raw.enc.bin")).ExitCode);
        await _bench.EncryptAsync("app.enc.env", "export A=one\n# comment\nB=\"two\\nlines\"\nC='# no comment' # comment\n");
    }

    private Task<SopsRun> RunAsync(params IReadOnlyList<string> arguments) => _bench.RunAsync("ksops", arguments);

    private static string Indented(string text) => text.TrimEnd('\n').ReplaceLineEndings("\n  ") + "\n";

    private static string Sorted(string text) => string.Join('\n', text.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
}
