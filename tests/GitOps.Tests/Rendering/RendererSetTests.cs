using SecretsOps.GitOps.Rendering;

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
}
