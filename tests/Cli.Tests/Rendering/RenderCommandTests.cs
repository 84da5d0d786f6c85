using SecretsOps.Cryptography.Age;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.Sops;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Cli.Tests.Rendering;

public sealed class RenderCommandTests : IDisposable
{
    private const string Canary = "canary-5Bq1";
    private const string Secret = $"apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: {Canary}\n";

    private readonly TemporaryDirectory _directory = new();
    private readonly X25519Identity _identity = X25519Identity.Generate();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Plain_and_encrypted_manifests_are_printed_and_nothing_else()
    {
        _directory.Write("app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  key: one\n");
        await EncryptAsync("app/secret.yaml", Secret);

        var run = await RenderAsync("app");

        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("apiVersion: v1\ndata:\n  key: one\nkind: ConfigMap\nmetadata:\n  name: a\n---\n" + "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: canary-5Bq1\n", run.Output);
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_prints_no_manifest_at_all()
    {
        _directory.Write("app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
        await EncryptAsync("app/secret.yaml", Secret);

        var run = await CliRun.SecretsOpsAsync(new CliSetup { Directory = _directory.Path, Variables = { ["PATH"] = Paths } }, "render", "app");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains("'secret.yaml' cannot be decrypted", run.Error);
        Assert.StartsWith("secretsops: error: ", run.Error);
        Assert.DoesNotContain(Canary, run.Error);
    }

    [Fact]
    public async Task A_kustomization_reads_its_base_elsewhere_in_the_repository()
    {
        _directory.Write(".git/HEAD", "ref: refs/heads/main\n");
        _directory.Write("base/kustomization.yaml", "resources: [secret.yaml]\n");
        await EncryptAsync("base/secret.yaml", Secret);
        _directory.Write("overlays/dev/kustomization.yaml", "namePrefix: dev-\nresources: [../../base]\n");

        var run = await RenderAsync("overlays/dev");

        Assert.Equal("", run.Error);
        Assert.Contains("name: dev-db", run.Output);
        Assert.Contains(Canary, run.Output);
    }

    [Fact]
    public async Task As_a_plugin_of_Argo_CD_it_takes_root_name_and_namespace_from_the_contract()
    {
        _directory.Write("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0");
        _directory.Write("charts/web/templates/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"{{ .Release.Name }}\", namespace: \"{{ .Release.Namespace }}\"}\ndata: {secret: \"{{ .Values.password }}\"}\n");
        await EncryptAsync("charts/web/secrets.yaml", $"password: {Canary}\n");
        var setup = Setup with { Directory = _directory.Combine("charts/web") };
        setup.Variables["ARGOCD_APP_NAME"] = "shop";
        setup.Variables["ARGOCD_APP_NAMESPACE"] = "prod";
        setup.Variables["ARGOCD_APP_SOURCE_PATH"] = "charts/web";

        var run = await CliRun.SecretsOpsAsync(setup, "render", "--values", "secrets.yaml");

        Assert.Equal("", run.Error);
        Assert.Contains("name: shop\n", run.Output);
        Assert.Contains("namespace: prod\n", run.Output);
        Assert.Contains($"secret: {Canary}\n", run.Output);
    }

    [Fact]
    public async Task A_link_out_of_the_folder_is_not_followed()
    {
        Directory.CreateDirectory(_directory.Combine("app"));
        File.CreateSymbolicLink(_directory.Combine("app/passwd.yaml"), "/etc/passwd");

        var run = await RenderAsync("app");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains("outside the repository", run.Error);
    }

    [Fact]
    public async Task SealedSecrets_stay_sealed_unless_a_key_is_given()
    {
        _directory.Write("secret.yaml", Secret.Replace("name: db\n", "name: db\n  namespace: shop\n", StringComparison.Ordinal));
        await CliRun.SecretsOpsAsync(Setup, "seal", _directory.Combine("secret.yaml"), "--cert", CliSetup.Certificate, "-w", _directory.Combine("app/"));
        var sealedFile = Directory.GetFiles(_directory.Combine("app")).Single();
        Assert.DoesNotContain(Canary, File.ReadAllText(sealedFile));

        var left = await RenderAsync("app");
        var opened = await RenderAsync("app", "--key", CliSetup.PrivateKey);

        Assert.Contains("kind: SealedSecret", left.Output);
        Assert.Contains("kind: Secret\n", opened.Output);
        Assert.Contains(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Canary)), opened.Output);
    }

    [Fact]
    public async Task Plan_compares_two_branches_with_values_masked_and_tells_by_its_exit_code()
    {
        Git("init", "--quiet", "--initial-branch=main", ".");
        _directory.Write("app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {key: one}\n");
        await EncryptAsync("app/secret.yaml", Secret);
        Commit();
        Git("checkout", "--quiet", "-b", "change");
        _directory.Write("app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {key: two}\n");
        await EncryptAsync("app/secret.yaml", Secret.Replace(Canary, Canary + "-new", StringComparison.Ordinal));
        Commit();

        var same = await RunAsync("plan", "app", "--against", "change");
        var text = await RunAsync("plan", "./app", "--against", "main");
        var markdown = await RunAsync("plan", "app", "--against", "main", "-o", "markdown");
        var json = await RunAsync("plan", "app", "--against", "main", "-o", "json");

        Assert.Equal((0, "0 to create, 0 to change, 0 to delete, 2 unchanged\n"), (same.ExitCode, same.Output));
        Assert.Equal(3, text.ExitCode);
        Assert.Contains("-  key: one\n+  key: two\n", text.Output);
        Assert.Contains("-  password: ++++++++\n+  password: ++++++++++++\n", text.Output);
        Assert.Contains("```diff", markdown.Output);
        Assert.Contains("\"change\": 2", json.Output);
        Assert.All([text, markdown, json], run => Assert.DoesNotContain(Canary, run.Output));
    }

    [Fact]
    public async Task Plan_hides_a_decrypted_value_also_where_a_template_put_it_into_another_kind()
    {
        Git("init", "--quiet", "--initial-branch=main", ".");
        _directory.Write("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0");
        _directory.Write("chart/templates/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {url: \"db://u:{{ .Values.password }}@host\"}\n");
        await EncryptAsync("chart/secrets.yaml", "password: plain-old-1234\n");
        Commit();
        await EncryptAsync("chart/secrets.yaml", $"password: {Canary}\n");

        var run = await RunAsync("plan", "chart", "--against", "main", "--values", "secrets.yaml");

        Assert.Equal((3, ""), (run.ExitCode, run.Error));
        Assert.Contains("db://u:++++++++@host", run.Output);
        Assert.DoesNotContain(Canary, run.Output);
        Assert.DoesNotContain("plain-old-1234", run.Output);
    }

    private static string Paths => string.Join(':', new[] { ExternalPrograms.Kubectl(ExternalPrograms.NewestKubectl), ExternalPrograms.Helm, ExternalPrograms.Git }.Select(Path.GetDirectoryName));

    private CliSetup Setup => new() { Directory = _directory.Path, Variables = { ["PATH"] = Paths, ["SOPS_AGE_KEY"] = _identity.ToSecretText() } };

    private Task<CliRun> RenderAsync(params string[] arguments) => RunAsync(["render", .. arguments]);

    private Task<CliRun> RunAsync(params string[] arguments) => CliRun.SecretsOpsAsync(Setup, arguments);

    private async Task EncryptAsync(string path, string yaml)
    {
        var options = new EncryptOptions { KeyGroups = [[new AgeMasterKey(_identity.Recipient.ToString())]] };
        var encrypted = await SopsEncryptor.EncryptAsync(System.Text.Encoding.UTF8.GetBytes(yaml), SopsFormat.Yaml, new LocalKeyService(new KeyCredentials()), options, default);
        _directory.Write(path, System.Text.Encoding.UTF8.GetString(encrypted));
    }

    private void Commit()
    {
        Git("add", "--all");
        Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "change");
    }

    private void Git(params string[] arguments) => ExternalProgram.Run(ExternalPrograms.Git, ["-C", _directory.Path, .. arguments], new RunOptions()).ShouldSucceed();
}
