using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Rendering.Directory;
using SecretsOps.GitOps.Rendering.Helm;
using SecretsOps.GitOps.Rendering.Kustomize;
using SecretsOps.GitOps.Sources;

namespace SecretsOps.GitOps.Tests.Rendering;

/// <summary>Line 6: repositories that try to read what is not theirs, or to exhaust the engine.</summary>
public sealed class HostileSourceTests : IDisposable
{
    private readonly RenderedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("resources: [../../../../etc/hostname]")]
    [InlineData("resources: [/etc/hostname]")]
    [InlineData("configMapGenerator: [{name: x, files: [../../../../etc/passwd]}]")]
    [InlineData("secretGenerator: [{name: x, envs: [/proc/self/environ]}]")]
    [InlineData("patches: [{path: ../../../../etc/passwd}]")]
    public async Task A_kustomization_cannot_reach_out_of_its_repository(string kustomization)
    {
        _folder.With("app/kustomization.yaml", kustomization);

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => _folder.RenderAsync(new KustomizeRenderer(RenderedFolder.Tools), "app"));

        Assert.True(refused is RenderException or SourceException, refused.ToString());
        Assert.DoesNotContain("root:", refused.Message);
    }

    [Fact]
    public async Task A_kustomization_cannot_run_a_program()
    {
        var proof = Path.Combine(Path.GetTempPath(), $"proof-{Guid.NewGuid():n}");
        _folder.With("app/kustomization.yaml", "generators: [run.yaml]\n")
            .With("app/run.yaml", "apiVersion: evil.example.org/v1\nkind: Run\nmetadata:\n  name: x\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./run.sh}\n")
            .With("app/run.sh", $"#!/bin/sh\ntouch {proof}\n");

        await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(new KustomizeRenderer(RenderedFolder.Tools), "app"));

        Assert.False(File.Exists(proof));
    }

    [Theory]
    [InlineData("helm: {valueFiles: [../../../../etc/passwd]}")]
    [InlineData("helm: {valueFiles: [/../../etc/passwd]}")]
    [InlineData("helm: {fileParameters: [{name: x, path: ../../../../etc/passwd}]}")]
    public async Task A_chart_cannot_name_files_outside_of_its_repository(string source)
    {
        _folder.With("chart/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0");

        var refused = await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(new HelmRenderer(RenderedFolder.Tools, RenderedFolder.Charts), "chart", source));

        Assert.Contains("outside the repository", refused.Message);
    }

    [Fact]
    public async Task A_chart_sees_neither_the_environment_nor_files_nor_the_cluster()
    {
        Environment.SetEnvironmentVariable("ENGINE_PRIVATE_CANARY", "canary-env");
        _folder.With("chart/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0")
            .With("chart/templates/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  file: {{ .Files.Get \"/etc/passwd\" | quote }}\n  up: {{ .Files.Get \"../../../etc/passwd\" | quote }}\n  look: {{ lookup \"v1\" \"Secret\" \"kube-system\" \"\" | toJson | quote }}\n");

        var rendered = await _folder.RenderAsync(new HelmRenderer(RenderedFolder.Tools, RenderedFolder.Charts), "chart");
        _folder.With("chart/templates/env.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\ndata: {env: {{ env \"ENGINE_PRIVATE_CANARY\" | quote }}}\n");
        var refused = await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(new HelmRenderer(RenderedFolder.Tools, RenderedFolder.Charts), "chart"));

        Assert.Equal(["", "", "{}"], rendered.Single().Json["data"]!.AsObject().OrderBy(entry => entry.Key == "look").Select(entry => (string)entry.Value!));
        Assert.DoesNotContain("canary-env", refused.Message);
    }

    [Fact]
    public async Task A_YAML_bomb_is_refused()
    {
        var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        _folder.With("app/bomb.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n" + bomb);

        await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(new DirectoryRenderer(), "app"));
    }

    [Fact]
    public async Task S08_manifests_of_more_than_ten_mebibytes_are_refused()
    {
        for (var i = 0; i < 11; i++)
        {
            _folder.With($"app/{i}.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x{i}}}\ndata: {{x: {new string('x', 1024 * 1024)}}}\n");
        }

        var refused = await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(new DirectoryRenderer(), "app"));

        Assert.Contains("more than the limit of 10 MiB", refused.Message);
    }

    [Fact]
    public async Task A_path_of_an_Application_cannot_leave_the_repository()
    {
        _folder.With("app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n");

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => _folder.RenderAsync(new DirectoryRenderer(), "../../etc"));

        Assert.True(refused is RenderException or SourceException, refused.ToString());
    }
}
