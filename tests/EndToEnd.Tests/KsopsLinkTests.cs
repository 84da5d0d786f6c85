using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.EndToEnd.Tests;

/// <summary>The published link <c>ksops</c> and its <c>install</c>, under the real kustomize, as an Argo CD repo-server has them.</summary>
public sealed class KsopsLinkTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Row_172_The_installed_program_is_a_KRM_function_of_the_installed_kustomize()
    {
        File.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(_directory.Combine("tools")).FullName, "kustomize"), ExternalPrograms.Kustomize);
        (await RunAsync(Published.Ksops, ["install", "--with-kustomize", "custom"], Variables("tools"))).ShouldSucceed();
        await WriteAsync("  annotations:\n    config.kubernetes.io/function: |\n      exec:\n        path: ksops\n");

        var build = await RunAsync(_directory.Combine("custom/kustomize"), ["build", "--enable-alpha-plugins", "--enable-exec", "shop"], Variables("custom"));

        Assert.Equal("apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: hunter2\n", build.ShouldSucceed().StandardOutput);
    }

    [Fact]
    public async Task Row_172_A_link_to_the_program_is_an_exec_plugin()
    {
        var folder = Directory.CreateDirectory(_directory.Combine("plugins/viaduct.ai/v1/ksops"));
        File.CreateSymbolicLink(Path.Combine(folder.FullName, "ksops"), Published.Ksops);
        await WriteAsync("");
        var environment = new Dictionary<string, string?>(Variables("none")) { ["KUSTOMIZE_PLUGIN_HOME"] = _directory.Combine("plugins") };

        var build = await RunAsync(ExternalPrograms.Kustomize, ["build", "--enable-alpha-plugins", "shop"], environment);
        environment["SOPS_AGE_KEY_FILE"] = _directory.Combine("none.txt");
        var refused = await RunAsync(ExternalPrograms.Kustomize, ["build", "--enable-alpha-plugins", "shop"], environment);

        Assert.Contains("  password: hunter2\n", build.ShouldSucceed().StandardOutput, StringComparison.Ordinal);
        Assert.Contains("ksops: error decrypting file './db.enc.yaml'", refused.ShouldFail().StandardError, StringComparison.Ordinal);
        Assert.Equal("", refused.StandardOutput);
    }

    private async Task WriteAsync(string annotations)
    {
        (await ExternalProgram.RunAsync(ExternalPrograms.AgeKeygen, ["-o", _directory.Combine("key.txt")])).ShouldSucceed();
        var recipient = (await ExternalProgram.RunAsync(ExternalPrograms.AgeKeygen, ["-y", _directory.Combine("key.txt")])).ShouldSucceed().StandardOutput.Trim();
        _directory.Write("shop/kustomization.yaml", "generators: [generator.yaml]\n");
        _directory.Write("shop/generator.yaml", $"apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata:\n  name: secrets\n{annotations}files: [./db.enc.yaml]\n");
        _directory.Write("shop/db.enc.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: hunter2\n");
        (await RunAsync(Published.Sops, ["encrypt", "-i", "--age", recipient, "--encrypted-regex", "^(data|stringData)$", "shop/db.enc.yaml"], Variables("none"))).ShouldSucceed();
    }

    private Dictionary<string, string?> Variables(string folder) => new() { ["PATH"] = _directory.Combine(folder), ["SOPS_AGE_KEY_FILE"] = _directory.Combine("key.txt") };

    private Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment) =>
        ExternalProgram.RunAsync(program, arguments, new RunOptions { Directory = _directory.Path, Environment = environment });
}
