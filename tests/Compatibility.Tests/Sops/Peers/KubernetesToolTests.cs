using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Compatibility.Tests.Sops.Peers;

/// <summary>Real kustomize (in kubectl), kubectl and helm call us through <c>plugins</c>.</summary>
public sealed class KubernetesToolTests : IDisposable
{
    private const string Generator = """
        apiVersion: viaduct.ai/v1
        kind: ksops
        metadata:
          name: secrets
        files:
          - ./whole.enc.yaml
        secretFrom:
          - metadata:
              name: built
              annotations:
                kustomize.config.k8s.io/needs-hash: "false"
            type: Opaque
            files:
              - token=./token.enc.txt
            envs:
              - ./app.enc.env
        """;

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Row_172_Kustomize_generates_secrets_from_files_and_secretFrom_with_the_exec_plugin()
    {
        await WriteKustomizationAsync();

        var build = await RunAsync(ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl), "kustomize", "--enable-alpha-plugins", ".");

        build.ShouldSucceed();
        Assert.Contains("stringData:\n  password: hunter2\n", build.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("name: shop-whole", build.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("stringData:\n  A: one\n  token: abc", build.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("sops:", build.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kustomize_fails_with_the_file_named_when_no_key_opens_it()
    {
        await WriteKustomizationAsync();
        _bench.Variables.Remove("SOPS_AGE_KEY");

        var build = await RunAsync(ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl), "kustomize", "--enable-alpha-plugins", ".");

        Assert.NotEqual(0, build.ExitCode);
        Assert.Contains(".enc.", build.StandardError, StringComparison.Ordinal);
        Assert.Equal("", build.StandardOutput);
    }

    [Fact]
    public async Task Row_173_The_KRM_function_generates_the_same_objects_from_a_ResourceList()
    {
        await WriteKustomizationAsync();
        var list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n  " + Generator.ReplaceLineEndings("\n  ") + "\n";
        var plugin = Path.Combine(RepositoryRoot.Combine("plugins", "kustomize"), "viaduct.ai", "v1", "ksops", "ksops");

        var function = await ExternalProgram.RunAsync(plugin, [], Options() with { StandardInput = System.Text.Encoding.UTF8.GetBytes(list) });
        var exec = await RunAsync(plugin, "generator.yaml");

        Assert.StartsWith("apiVersion: config.kubernetes.io/v1\n", function.ShouldSucceed().StandardOutput, StringComparison.Ordinal);
        Assert.Contains("kind: ResourceList\n", function.StandardOutput, StringComparison.Ordinal);
        foreach (var text in new[] { "name: whole", "password: hunter2", "name: built", "token: abc", "A: one" })
        {
            Assert.Contains(text, function.StandardOutput, StringComparison.Ordinal);
            Assert.Contains(text, exec.ShouldSucceed().StandardOutput, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Helm_reads_encrypted_values_through_the_downloader()
    {
        _bench.Write("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
        _bench.Write("chart/templates/secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\nstringData:\n  password: {{ .Values.password }}\n");
        await _bench.EncryptAsync("values.enc.yaml", "password: hunter2\n");
        Directory.CreateDirectory(Path.Combine(_bench.Path, "plugins"));
        Directory.CreateSymbolicLink(Path.Combine(_bench.Path, "plugins", "secretsops"), RepositoryRoot.Combine("plugins", "helm"));
        var options = Options();
        options = options with { Environment = new Dictionary<string, string?>(options.Environment) { ["HELM_PLUGINS"] = Path.Combine(_bench.Path, "plugins") } };

        var template = await ExternalProgram.RunAsync(ExternalPrograms.Helm, ["template", "chart", "-f", "secrets://values.enc.yaml"], options);

        Assert.Contains("  password: hunter2\n", template.ShouldSucceed().StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubectl_finds_us_as_a_plugin()
    {
        await _bench.EncryptAsync("f.yaml", "a: 1\n");
        var options = Options();
        var path = $"{RepositoryRoot.Combine("plugins", "kubectl")}:{options.Environment["PATH"]}";
        options = options with { Environment = new Dictionary<string, string?>(options.Environment) { ["PATH"] = path } };

        var run = await ExternalProgram.RunAsync(ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl), ["secretsops", "decrypt", "f.yaml"], options);

        Assert.Equal("a: 1\n", run.ShouldSucceed().StandardOutput);
    }

    /// <summary>The command that the Argo CD plugin declares, run as its sidecar runs it.</summary>
    [Fact]
    public async Task Argo_CD_gets_the_manifests_by_the_command_of_its_plugin()
    {
        await WriteKustomizationAsync();
        var line = File.ReadLines(RepositoryRoot.Combine("plugins", "argocd-cmp", "plugin.yaml")).Single(text => text.Contains("command:", StringComparison.Ordinal));
        var command = line[(line.IndexOf('[', StringComparison.Ordinal) + 1)..line.IndexOf(']', StringComparison.Ordinal)].Split(", ");
        Assert.Equal("kubectl", command[0]);

        var build = await RunAsync(ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl), command[1..]);

        Assert.Contains("password: hunter2", build.ShouldSucceed().StandardOutput, StringComparison.Ordinal);
    }

    private async Task WriteKustomizationAsync()
    {
        _bench.Write("kustomization.yaml", "namePrefix: shop-\ngenerators:\n  - generator.yaml\n");
        _bench.Write("generator.yaml", Generator + "\n");
        await _bench.EncryptAsync("whole.enc.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: whole\nstringData:\n  password: hunter2\n", "--encrypted-regex", "^(data|stringData)$");
        await _bench.EncryptAsync("token.enc.txt", "abc");
        await _bench.EncryptAsync("app.enc.env", "A=one\n");
    }

    private Task<ProgramResult> RunAsync(string program, params string[] arguments) => ExternalProgram.RunAsync(program, arguments, Options());

    private RunOptions Options()
    {
        var variables = SecretsOpsProcess.Variables(_bench);
        variables["KUSTOMIZE_PLUGIN_HOME"] = RepositoryRoot.Combine("plugins", "kustomize");
        return new RunOptions { Directory = _bench.Path, Environment = variables };
    }
}
