using System.Text;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.EndToEnd.Tests;

/// <summary>A cluster's data directory and a real Git repository with one application in it, sealed and encrypted by the published binaries.</summary>
internal sealed class Shop : IDisposable
{
    public const string Namespace = "shop";
    private readonly TemporaryDirectory _directory = new();

    private Shop()
    {
        Directory.CreateDirectory(Path.Combine(Repository, "app"));
    }

    public string Data => _directory.Combine("data");

    public string Repository => _directory.Combine("shop");

    public string AgeKeyFile => _directory.Combine("age.key");

    /// <summary>The arguments that make <c>secretsops up</c> deliver this repository.</summary>
    public string[] Arguments =>
        ["--repo", Repository, "--path", "app", "--revision", "main", "--namespace", Namespace, "--age-key", AgeKeyFile];

    private string Certificate => _directory.Combine("cert.pem");

    /// <summary>Makes the cluster's sealing key, an age key and an empty repository.</summary>
    public static async Task<Shop> CreateAsync()
    {
        var shop = new Shop();
        (await ExternalProgram.RunAsync(ExternalPrograms.AgeKeygen, ["-o", shop.AgeKeyFile])).ShouldSucceed();
        await shop.GitAsync("init", "-q", "-b", "main");
        await using var up = await RunningUp.StartAsync(shop.Data);
        await Eventually.PassesAsync(async () =>
        {
            var options = new RunOptions { Environment = new Dictionary<string, string?> { ["KUBECONFIG"] = up.Kubeconfig } };
            (await ExternalProgram.RunAsync(Published.Kubeseal, ["--fetch-cert", "-w", shop.Certificate], options)).ShouldSucceed();
        });
        await up.InterruptAsync();
        return shop;
    }

    /// <summary>Writes a file of the application.</summary>
    public void Write(string name, string text) => File.WriteAllText(FilePath(name), text);

    /// <summary>Removes a file of the application.</summary>
    public void Remove(string name) => File.Delete(FilePath(name));

    public string FilePath(string name) => Path.Combine(Repository, "app", name);

    public void WriteConfigMap(string name, string value) => Write($"{name}.yaml", $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: {{name}}}
        data: {value: "{{value}}"}
        """);

    /// <summary>Writes a SealedSecret; the plaintext goes through a pipe only.</summary>
    public async Task WriteSealedAsync(string name, string value)
    {
        var options = new RunOptions { StandardInput = Secret(name, value) };
        var sealing = await ExternalProgram.RunAsync(Published.Kubeseal, ["--cert", Certificate, "-o", "yaml"], options);
        Write($"{name}.yaml", sealing.ShouldSucceed().StandardOutput);
    }

    /// <summary>Writes a SOPS-encrypted Secret; the plaintext goes through a pipe only.</summary>
    public async Task WriteEncryptedAsync(string name, string value)
    {
        var recipient = (await ExternalProgram.RunAsync(ExternalPrograms.AgeKeygen, ["-y", AgeKeyFile])).ShouldSucceed().StandardOutput.Trim();
        string[] arguments =
            ["encrypt", "--age", recipient, "--encrypted-regex", "^(data|stringData)$", "--input-type", "yaml", "--output-type", "yaml", "--filename-override", "x.yaml"];
        var encryption = await ExternalProgram.RunAsync(Published.Sops, arguments, new RunOptions { StandardInput = Secret(name, value) });
        Write($"{name}.yaml", encryption.ShouldSucceed().StandardOutput);
    }

    /// <summary>Commits all changes.</summary>
    public async Task CommitAsync(string message)
    {
        await GitAsync("add", "-A");
        await GitAsync("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "--allow-empty", "-m", message);
    }

    public async Task<string> HeadAsync() => (await GitAsync("rev-parse", "HEAD")).StandardOutput.Trim();

    public void Dispose() => _directory.Dispose();

    private static byte[] Secret(string name, string value) => Encoding.UTF8.GetBytes($$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}, namespace: {{Namespace}}}
        stringData: {value: "{{value}}"}
        """);

    private async Task<ProgramResult> GitAsync(params string[] arguments) =>
        (await ExternalProgram.RunAsync(ExternalPrograms.Git, arguments, new RunOptions { Directory = Repository })).ShouldSucceed();
}
