using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Rendering.Helm;

namespace SecretsOps.GitOps.Tests.Rendering;

public sealed class HelmRendererTests : IDisposable
{
    private readonly RenderedFolder _folder = new RenderedFolder()
        .With("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0")
        .With("chart/values.yaml", "color: red\nsize: 1\nlist: []")
        .With("chart/crds/things.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}")
        .With("chart/templates/config.yaml", """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: "{{ .Release.Name }}-config", namespace: "{{ .Release.Namespace }}"}
            data:
              color: {{ .Values.color | quote }}
              size: {{ .Values.size | quote }}
              list: {{ .Values.list | join "+" | quote }}
              version: {{ .Capabilities.KubeVersion.Version | quote }}
              extra: {{ .Values.extra | default "" | quote }}
            """);

    private readonly HelmRenderer _renderer = new(RenderedFolder.Tools, RenderedFolder.Charts);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_chart_is_rendered_with_release_namespace_and_version_of_the_target()
    {
        var rendered = await _folder.RenderAsync(_renderer, "chart");

        var config = rendered.Single(item => item.Kind == "ConfigMap");
        Assert.Equal("web-config", config.Name);
        Assert.Equal("prod", config.Namespace);
        Assert.Equal("v1.34.0", (string?)config.Json["data"]!["version"]);
        Assert.Contains(rendered, item => item.Kind == "CustomResourceDefinition");
    }

    [Fact]
    public async Task Values_follow_upstreams_order_of_precedence()
    {
        _folder.With("chart/one.yaml", "color: one\nsize: 2").With("chart/two.yaml", "color: two");

        Assert.Equal(("two", "2"), await ValuesAsync("helm: {valueFiles: [one.yaml, two.yaml]}"));
        Assert.Equal(("inline", "2"), await ValuesAsync("helm: {valueFiles: [one.yaml], values: 'color: inline'}"));
        Assert.Equal(("object", "2"), await ValuesAsync("helm: {valueFiles: [one.yaml], values: 'color: inline', valuesObject: {color: object}}"));
        Assert.Equal(("set", "2"), await ValuesAsync("helm: {valueFiles: [one.yaml], valuesObject: {color: object}, parameters: [{name: color, value: set}]}"));
    }

    [Fact]
    public async Task Encrypted_values_are_opened_from_the_chart_and_from_another_source()
    {
        _folder.WithEncrypted("chart/secret-values.yaml", "color: secret").WithEncrypted("shared/values.yaml", "size: 9");

        Assert.Equal(("secret", "9"), await ValuesAsync("helm: {valueFiles: [secret-values.yaml, $values/shared/values.yaml]}"));
    }

    [Fact]
    public async Task Names_of_value_files_may_hold_globs_and_variables()
    {
        _folder.With("chart/env/a.yaml", "color: a").With("chart/env/b.yaml", "color: b").With("chart/web.yaml", "size: 7");

        Assert.Equal(("b", "7"), await ValuesAsync("helm: {valueFiles: ['env/*.yaml', '${ARGOCD_APP_NAME}.yaml']}"));
    }

    [Fact]
    public async Task A_missing_values_file_is_refused_unless_it_may_be_missing()
    {
        var refused = await Assert.ThrowsAsync<RenderException>(() => ValuesAsync("helm: {valueFiles: [nowhere.yaml]}"));

        Assert.Contains("nowhere.yaml", refused.Message, StringComparison.Ordinal);
        Assert.Equal(("red", "1"), await ValuesAsync("helm: {valueFiles: [nowhere.yaml], ignoreMissingValueFiles: true}"));
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("$unknown/values.yaml")]
    public async Task A_values_file_of_nowhere_is_refused(string path) =>
        await Assert.ThrowsAsync<RenderException>(() => ValuesAsync($"helm: {{valueFiles: ['{path}']}}"));

    [Fact]
    public async Task Options_of_the_source_reach_helm()
    {
        var rendered = await _folder.RenderAsync(_renderer, "chart", """
            helm: {releaseName: other, namespace: elsewhere, kubeVersion: 1.30.0, skipCrds: true}
            """);

        var config = Assert.Single(rendered);
        Assert.Equal("other-config", config.Name);
        Assert.Equal("elsewhere", config.Namespace);
        Assert.Equal("v1.30.0", (string?)config.Json["data"]!["version"]);
    }

    [Fact]
    public async Task File_parameters_come_from_the_repository()
    {
        _folder.With("chart/extra.txt", "from a file");

        var rendered = await _folder.RenderAsync(_renderer, "chart", "helm: {fileParameters: [{name: extra, path: extra.txt}], skipCrds: true}");

        Assert.Equal("from a file", (string?)Assert.Single(rendered).Json["data"]!["extra"]);
    }

    [Fact]
    public async Task A_dependency_in_the_same_repository_is_built()
    {
        _folder.With("library/Chart.yaml", "apiVersion: v2\nname: library\nversion: 0.1.0")
            .With("library/templates/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-library}")
            .With("parent/Chart.yaml", "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies: [{name: library, version: 0.1.0, repository: 'file://../library'}]");

        var rendered = await _folder.RenderAsync(_renderer, "parent");

        Assert.Equal("from-library", Assert.Single(rendered).Name);
    }

    [Theory]
    [InlineData("a,b", "a\\,b")]
    [InlineData("a\\,b", "a\\,b")]
    [InlineData("{a,b}", "{a,b}")]
    public void Commas_are_escaped_as_upstream_does(string value, string expected) => Assert.Equal(expected, HelmArguments.EscapeCommas(value));

    private async Task<(string? Color, string? Size)> ValuesAsync(string source)
    {
        var config = (await _folder.RenderAsync(_renderer, "chart", source)).Single(item => item.Kind == "ConfigMap");
        return ((string?)config.Json["data"]!["color"], (string?)config.Json["data"]!["size"]);
    }
}
