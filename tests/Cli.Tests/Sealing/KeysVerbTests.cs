using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;
using SecretsOps.Testing;

namespace SecretsOps.Cli.Tests.Sealing;

public sealed class KeysVerbTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private TestCluster _cluster = null!;
    private string _namespace = "";

    public async Task InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync();
        await _cluster.InstallDefinitionsAsync();
        _namespace = await _cluster.CreateNamespaceAsync("controller");
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task The_list_says_how_many_SealedSecrets_need_each_key()
    {
        await CreateKeyAsync("sealing-one", "rsa2048");
        await CreateKeyAsync("sealing-two", "new");
        await SealAsync("noted", FingerprintNote.Record);
        await SealAsync("silent", FingerprintNote.Omit);

        var run = await KeysAsync("list");

        Assert.Matches(@"(?m)^sealing-one  SHA256:\S+  .*  1 dependant$", run.Output);
        Assert.Matches(@"(?m)^sealing-two  SHA256:\S+  .*  0 dependants$", run.Output);
        Assert.Equal("1 SealedSecret does not say which key opens it\n", run.Error);
    }

    [Fact]
    public async Task A_key_is_retired_once_nothing_needs_it_and_not_before()
    {
        await CreateKeyAsync("sealing-one", "rsa2048");
        await SealAsync("noted", FingerprintNote.Record);

        var refused = await KeysAsync("retire", "sealing-one");
        await _cluster.Client.DeleteAsync(ApiResource.SealedSecrets, _namespace, "noted", DeleteOptions.Default, CancellationToken.None);
        var retired = await KeysAsync("retire", "sealing-one");

        Assert.Equal((1, 0), (refused.ExitCode, retired.ExitCode));
        Assert.Contains($"1 SealedSecret may still need Secret/{_namespace}/sealing-one: {_namespace}/noted", refused.Error);
        Assert.Equal("retired", (await SecretAsync("sealing-one"))!.Label(SealingKeySecret.Label));
    }

    [Fact]
    public async Task A_backup_is_restored_beside_another_key_of_the_same_name_and_only_once()
    {
        await CreateKeyAsync("sealing", "rsa2048");
        var identity = _directory.Combine("identity.txt");
        Testing.Programs.ExternalProgram.Run(Testing.Programs.ExternalPrograms.AgeKeygen, ["-o", identity]).ShouldSucceed();
        var backup = _directory.Combine("keys.age");
        var saved = await KeysAsync("backup", "--recipient", RecipientOf(identity), "-w", backup);
        await _cluster.Client.DeleteAsync(ApiResource.Secrets, _namespace, "sealing", DeleteOptions.Default, CancellationToken.None);
        await CreateKeyAsync("sealing", "new");

        var planned = await KeysAsync("restore", backup, "--identity", identity, "--dry-run");
        var restored = await KeysAsync("restore", backup, "--identity", identity);
        var again = await KeysAsync("restore", backup, "--identity", identity);

        var name = $"Secret/{_namespace}/sealing";
        Assert.Equal("saved 1 sealing key\n", saved.Error);
        Assert.Equal($"would create: {name}-restored ({name} holds another key)\n", planned.Error);
        Assert.Equal($"created: {name}-restored ({name} holds another key)\n", restored.Error);
        Assert.Equal($"is there already: {name}-restored\n", again.Error);
        Assert.Equal(KeyText("rsa2048", "key"), (await SecretAsync("sealing-restored"))!.Json["data"]!["tls.key"]!.ToString());
        Assert.Equal(KeyText("new", "key"), (await SecretAsync("sealing"))!.Json["data"]!["tls.key"]!.ToString());
    }

    private static string RecipientOf(string identity) =>
        Testing.Programs.ExternalProgram.Run(Testing.Programs.ExternalPrograms.AgeKeygen, ["-y", identity]).ShouldSucceed().StandardOutput.Trim();

    private static string KeyText(string key, string extension) => Convert.ToBase64String(File.ReadAllBytes(Path.Combine(CliSetup.Keys, $"{key}.{extension}")));

    private Task<CliRun> KeysAsync(string verb, params string[] arguments) =>
        CliRun.SecretsOpsAsync(new CliSetup(), ["keys", verb, .. arguments, "--kubeconfig", _cluster.KubeconfigPath, "--controller-namespace", _namespace]);

    private Task<KubernetesObject?> SecretAsync(string name) => _cluster.Client.TryGetAsync(ApiResource.Secrets, _namespace, name, CancellationToken.None);

    private async Task CreateKeyAsync(string name, string key)
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, _namespace, name);
        secret.SetLabel(SealingKeySecret.Label, SealingKeySecret.ActiveValue);
        secret.Json["type"] = "kubernetes.io/tls";
        secret.Json["data"] = new JsonObject { ["tls.crt"] = KeyText(key, "crt"), ["tls.key"] = KeyText(key, "key") };
        await _cluster.Client.CreateAsync(ApiResource.Secrets, secret, WriteOptions.Default, CancellationToken.None);
    }

    private async Task SealAsync(string name, FingerprintNote note)
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, _namespace, name);
        secret.Json["stringData"] = new JsonObject { ["a"] = "1" };
        using var plain = PlainSecret.Read(secret);
        var certificate = SealingCertificate.Parse(File.ReadAllBytes(CliSetup.Certificate));
        await _cluster.Client.CreateAsync(ApiResource.SealedSecrets, Sealer.Seal(plain, certificate, new SealOptions { Fingerprint = note }), WriteOptions.Default, CancellationToken.None);
    }
}
