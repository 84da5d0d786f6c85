using System.Text.Json.Nodes;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Settings;

namespace SecretsOps.GitOps.Tests.Rendering;

/// <summary>Which tool renders a source: the block that is set, else what its folder holds.</summary>
public sealed class RendererSetTests : IDisposable
{
    private readonly RenderedFolder _folder = new RenderedFolder()
        .With("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0")
        .With("chart/templates/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"{{ .Release.Name }}-by-helm\"}")
        .With("overlay/kustomization.yml", "namePrefix: by-kustomize-\nresources: [c.yaml]")
        .With("overlay/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}")
        .With("plain/MyChart.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}");

    private readonly RendererSet _renderers = RendererSet.For(RenderedFolder.Tools, RenderedFolder.Charts, "");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("chart", "Helm", "web-by-helm")]
    [InlineData("overlay", "Kustomize", "by-kustomize-c")]
    [InlineData("plain", "Directory", "plain")]
    public async Task S12_the_files_of_the_folder_choose_the_tool(string path, string type, string name)
    {
        var rendered = await _folder.RenderAsync(_renderers, path);

        Assert.Equal(type, rendered.SourceType.ToString());
        Assert.Equal(name, Assert.Single(rendered.Manifests).Object.Name);
    }

    [Theory]
    [InlineData("chart", "directory: {include: nothing}", "Directory")]
    [InlineData("overlay", "directory: {recurse: true, exclude: kustomization.yml}", "Directory")]
    [InlineData("chart", "helm: {releaseName: x}", "Helm")]
    [InlineData("chart", "directory: {recurse: false}", "Helm")]
    public async Task S12_a_tool_block_that_says_anything_beats_the_files(string path, string source, string type) =>
        Assert.Equal(type, (await _folder.RenderAsync(_renderers, path, source)).SourceType.ToString());

    [Fact]
    public async Task S11_two_tool_blocks_are_refused_in_Argo_CDs_words()
    {
        var refused = await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(_renderers, "chart", "helm: {releaseName: x}\nkustomize: {namePrefix: y}"));

        Assert.Contains("multiple application sources defined", refused.Message, StringComparison.Ordinal);
        Assert.Contains("helm", refused.Message, StringComparison.Ordinal);
        Assert.Contains("kustomize", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S14_parameters_beside_the_source_are_merged_over_it_but_not_where_it_comes_from()
    {
        _folder.With("chart/templates/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"{{ .Release.Name }}\"}\ndata: {color: {{ .Values.color | quote }}, size: {{ .Values.size | quote }}}")
            .WithEncrypted("chart/.argocd-source.yaml", "repoURL: https://evil.example.com\npath: overlay\ntargetRevision: other\nchart: other\nhelm: {releaseName: overridden, valuesObject: {color: red}}");

        var rendered = Assert.Single((await _folder.RenderAsync(_renderers, "chart", "helm: {releaseName: own, valuesObject: {size: '1'}}")).Manifests).Object;

        Assert.Equal(("overridden", "red", "1"), (rendered.Name, (string?)rendered.Json["data"]!["color"], (string?)rendered.Json["data"]!["size"]));
    }

    [Fact]
    public async Task S15_parameters_for_one_application_go_over_those_for_all()
    {
        _folder.With("overlay/.argocd-source.yaml", "kustomize: {namePrefix: all-, nameSuffix: -x}")
            .With("overlay/.argocd-source-web.yaml", "kustomize: {namePrefix: web-}");

        var web = await _folder.RenderAsync(_renderers, "overlay");
        var other = await _folder.RenderAsync(_renderers, "overlay", "{}", request => request with { ApplicationName = "other" });

        Assert.Equal(("web-c-x", "all-c-x"), (Assert.Single(web.Manifests).Object.Name, Assert.Single(other.Manifests).Object.Name));
    }

    [Fact]
    public async Task S13_tools_that_are_switched_off_are_not_chosen()
    {
        var settings = EngineSettings.Read(new JsonObject { ["helm.enable"] = "false", ["kustomize.enable"] = "false" });

        Assert.Equal("Directory", (await _folder.RenderAsync(_renderers, "chart", "directory: {include: nothing}", request => request with { Settings = settings })).SourceType.ToString());
        Assert.Equal("c", Assert.Single((await _folder.RenderAsync(_renderers, "overlay", "kustomize: {namePrefix: x-}", request => request with { Settings = settings })).Manifests).Object.Name);
    }

    [Fact]
    public async Task Files_that_are_no_manifests_are_passed_over_and_broken_ones_are_not()
    {
        _folder.With("plain/values.yaml", "color: red\n").With("broken/a.yaml", "apiVersion: v1\nkind: [\n").With("nameless/a.yaml", "apiVersion: v1\nmetadata: {name: a}\nkind: \n");

        Assert.Equal("plain", Assert.Single((await _folder.RenderAsync(_renderers, "plain")).Manifests).Object.Name);
        await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(_renderers, "broken"));
        await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(_renderers, "nameless"));
    }
}
