using System.Text.RegularExpressions;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Compatibility.Tests.Sops.Peers;

/// <summary>The real kustomize by itself calls our KSOPS in both of its ways: as KRM function that the annotation names, and as exec plugin.</summary>
public sealed class KustomizeTests : IDisposable
{
    private const string Function = "function";
    private const string Plugin = "plugin";

    private const string Shop = """
        apiVersion: viaduct.ai/v1
        kind: ksops
        metadata:
          name: secrets
        files:
          - ./whole.enc.yaml
          - ./json.enc.json
        secretFrom:
          - metadata:
              name: built
              namespace: shop
              labels: {app: shop}
              annotations:
                kustomize.config.k8s.io/needs-hash: "true"
                note: kept
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
            note: kept
          labels:
            app: shop
          name: pre-built-HASH
          namespace: shop
        stringData:
          A: one
          B: |-
            two
            lines
          named: abc
          token.enc.txt: abc
        type: kubernetes.io/basic-auth
        ---
        apiVersion: v1
        kind: Secret
        metadata:
          name: pre-json
        stringData:
          port: "7"
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: pre-second
        ---
        apiVersion: v1
        kind: Secret
        metadata:
          name: pre-whole
        stringData:
          password: hunter2

        """;

    private readonly Workbench _bench = new();

    public static TheoryData<string> Ways => [Function, Plugin];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Row_172_Files_and_every_field_of_secretFrom_come_out_of_a_build(string way)
    {
        await WriteShopAsync(way);

        var build = (await BuildAsync(way, "shop")).ShouldSucceed();

        // The hash is kustomize's own: ten letters and digits of the content.
        Assert.Matches("name: pre-built-[a-z0-9]{10}\n", build.StandardOutput);
        Assert.Equal(Sorted(Built), Sorted(Regex.Replace(build.StandardOutput, "built-[a-z0-9]{10}\n", "built-HASH\n")));
        Assert.Equal("", build.StandardError);
    }

    [Theory]
    [InlineData(Function, "merge", "\ndata:\n  extra: YWJj\n  password: aHVudGVyMg==\n")]
    [InlineData(Plugin, "merge", "\ndata:\n  extra: YWJj\n  password: aHVudGVyMg==\n")]
    [InlineData(Function, "replace", "\ndata:\n  extra: YWJj\n")]
    [InlineData(Plugin, "replace", "\ndata:\n  extra: YWJj\n")]
    public async Task Row_172_An_overlay_merges_into_or_replaces_what_its_base_generated(string way, string behavior, string expected)
    {
        await _bench.EncryptAsync("base/password.enc.txt", "hunter2");
        Write(way, "base", "", "secretFrom: [{metadata: {name: db}, binaryFiles: [password=password.enc.txt]}]\n"); // kustomize merges data, and no stringData
        await _bench.EncryptAsync("over/token.enc.txt", "abc");
        Write(way, "over", "resources: [../base]\n", $"secretFrom:\n- metadata: {{name: db, annotations: {{kustomize.config.k8s.io/behavior: {behavior}}}}}\n  binaryFiles: [extra=token.enc.txt]\n");
        if (way == Function)
        {
            File.Copy(Path.Combine(_bench.Path, "over", "token.enc.txt"), Path.Combine(_bench.Path, "base", "token.enc.txt")); // where kustomize 4.5 starts the function
        }

        var build = (await BuildAsync(way, "over")).ShouldSucceed();

        Assert.Contains(expected, build.StandardOutput, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(build.StandardOutput, "kind: Secret"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Row_172_Without_a_key_the_build_fails_with_file_recipient_and_remedy(string way)
    {
        await WriteShopAsync(way);
        _bench.Variables.Remove("SOPS_AGE_KEY");

        var build = (await BuildAsync(way, "shop")).ShouldFail();

        Assert.Equal("", build.StandardOutput);
        Assert.Matches(@"ksops: error decrypting file '[^']+\.enc\.[a-z]+': Failed to get the data key", build.StandardError);
        Assert.Contains(Workbench.Age1, build.StandardError, StringComparison.Ordinal);
        Assert.Contains("set SOPS_AGE_KEY_FILE", build.StandardError, StringComparison.Ordinal);
        Assert.Contains("exit status 1", build.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Row_172_A_file_that_was_changed_ends_the_build_and_shows_no_value(string way)
    {
        await WriteShopAsync(way);
        _bench.Replace("shop/whole.enc.yaml", "name: second", "name: other");

        var build = (await BuildAsync(way, "shop")).ShouldFail();

        Assert.Equal("", build.StandardOutput);
        Assert.Contains("ksops: error decrypting file './whole.enc.yaml': MAC mismatch", build.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", build.StandardError, StringComparison.Ordinal);
    }

    /// <summary>kustomize's issues 4350 and 5906: a function starts in the folder of the base that was read last.</summary>
    [Fact]
    public async Task Row_173_A_file_that_a_function_misses_is_told_with_its_path_and_the_reason()
    {
        await _bench.EncryptAsync("over/token.enc.txt", "abc");
        _bench.Write("base/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n");
        _bench.Write("base/kustomization.yaml", "resources: [map.yaml]\n");
        Write(Function, "over", "resources: [../base]\n", "secretFrom: [{metadata: {name: x}, files: [token.enc.txt]}]\n");

        var build = (await BuildAsync(Function, "over")).ShouldFail();

        Assert.Contains($"ksops: error decrypting file 'token.enc.txt': '{Path.Combine(_bench.Path, "base", "token.enc.txt")}' does not exist\n", build.StandardError, StringComparison.Ordinal);
        Assert.Contains("ksops: hint: kustomize starts a KRM function in the folder of the base it read last", build.StandardError, StringComparison.Ordinal);

        Write(Plugin, "over", "resources: [../base]\n", "secretFrom: [{metadata: {name: x}, files: [token.enc.txt]}]\n");
        Assert.Contains("  token.enc.txt: abc\n", (await BuildAsync(Plugin, "over")).ShouldSucceed().StandardOutput, StringComparison.Ordinal);
    }

    private async Task WriteShopAsync(string way)
    {
        await _bench.EncryptAsync("shop/whole.enc.yaml", Secret("whole", "password: hunter2") + "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: second\n", "--encrypted-regex", "^(data|stringData)$");
        await _bench.EncryptAsync("shop/json.enc.json", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"json"},"stringData":{"port":"7"}}""", "--encrypted-regex", "^stringData$");
        await _bench.EncryptAsync("shop/token.enc.txt", "abc");
        await _bench.EncryptAsync("shop/app.enc.env", "export A=one\nB=\"two\\nlines\"\n");
        File.WriteAllBytes(Path.Combine(_bench.Path, "shop", "raw.enc.bin"), [0, 255, 10]);
        Assert.Equal(0, (await _bench.SopsAsync("encrypt", "-i", "--age=" + Workbench.Age1, "shop/raw.enc.bin")).ExitCode);
        _bench.Write("shop/kustomization.yaml", "namePrefix: pre-\ngenerators: [generator.yaml]\n");
        _bench.Write("shop/generator.yaml", Annotated(way, Shop));
    }

    private void Write(string way, string folder, string kustomization, string fields)
    {
        _bench.Write($"{folder}/kustomization.yaml", kustomization + "generators: [generator.yaml]\n");
        _bench.Write($"{folder}/generator.yaml", Annotated(way, $"apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata:\n  name: {folder}\n{fields}"));
    }

    private static string Annotated(string way, string generator) => way == Plugin
        ? generator
        : generator.Insert(generator.IndexOf("  name:", StringComparison.Ordinal), "  annotations:\n    config.kubernetes.io/function: |\n      exec:\n        path: ksops\n");

    private static string Secret(string name, string line) => $"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\nstringData:\n  {line}\n";

    private static string Sorted(string stream) => string.Join("\n---\n", stream.TrimEnd('\n').Split("\n---\n").Order(StringComparer.Ordinal));

    /// <summary>Builds a folder from the folder above it; each way has only what it needs.</summary>
    private Task<ProgramResult> BuildAsync(string way, string folder)
    {
        var plugins = RepositoryRoot.Combine("plugins", "kustomize");
        var variables = SecretsOpsProcess.Variables(_bench);
        if (way == Plugin)
        {
            variables["KUSTOMIZE_PLUGIN_HOME"] = plugins;
        }
        else
        {
            variables["PATH"] = $"{Path.Combine(plugins, "viaduct.ai", "v1", "ksops")}:{variables["PATH"]}";
        }

        string[] flags = way == Plugin ? ["--enable-alpha-plugins"] : ["--enable-alpha-plugins", "--enable-exec"];
        return ExternalProgram.RunAsync(ExternalPrograms.Kustomize, ["build", .. flags, folder], new RunOptions { Directory = _bench.Path, Environment = variables });
    }
}
