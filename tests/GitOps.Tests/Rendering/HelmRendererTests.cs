using SecretsOps.GitOps.Applying;
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
    public async Task H07_H08_H09_H11_a_chart_is_rendered_with_release_namespace_and_version_of_the_target()
    {
        var rendered = await _folder.RenderAsync(_renderer, "chart");

        var config = rendered.Single(item => item.Kind == "ConfigMap");
        Assert.Equal("web-config", config.Name);
        Assert.Equal("prod", config.Namespace);
        Assert.Equal("v1.34.0", (string?)config.Json["data"]!["version"]);
        Assert.Contains(rendered, item => item.Kind == "CustomResourceDefinition");
    }

    [Fact]
    public async Task H01_H02_values_follow_upstreams_order_of_precedence()
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
    public async Task H06_a_missing_values_file_is_refused_unless_it_may_be_missing()
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
    public async Task H07_H08_H09_H11_options_of_the_source_win_over_what_the_target_says()
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
    public async Task H04_file_parameters_come_from_the_repository()
    {
        _folder.With("chart/extra.txt", "from a file");

        var rendered = await _folder.RenderAsync(_renderer, "chart", "helm: {fileParameters: [{name: extra, path: extra.txt}], skipCrds: true}");

        Assert.Equal("from a file", (string?)Assert.Single(rendered).Json["data"]!["extra"]);
    }

    [Fact]
    public async Task H12_a_dependency_in_the_same_repository_is_built()
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
    public void H03_commas_are_escaped_as_upstream_does(string value, string expected) => Assert.Equal(expected, HelmArguments.EscapeCommas(value));

    [Fact]
    public async Task H03_a_forced_string_stays_text_and_commas_survive()
    {
        _folder.With("typed/Chart.yaml", "apiVersion: v2\nname: typed\nversion: 1.0.0")
            .With("typed/templates/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {forced: {{ kindOf .Values.forced | quote }}, plain: {{ kindOf .Values.plain | quote }}, comma: {{ .Values.comma | quote }}, list: {{ .Values.list | join \"+\" | quote }}}");

        var config = Assert.Single(await _folder.RenderAsync(_renderer, "typed", "helm: {parameters: [{name: forced, value: '1', forceString: true}, {name: plain, value: '1'}, {name: comma, value: 'a,b'}, {name: list, value: '{x,y}'}]}"));

        Assert.Equal(("string", "int64"), ((string?)config.Json["data"]!["forced"], (string?)config.Json["data"]!["plain"]));
        Assert.Equal(("a,b", "x+y"), ((string?)config.Json["data"]!["comma"], (string?)config.Json["data"]!["list"]));
    }

    [Theory]
    [InlineData("['env/**/*.yaml']", "z")]
    [InlineData("['env/**/*.yaml', env/a.yaml]", "a")]
    [InlineData("[env/z/z.yaml, 'env/**/*.yaml']", "m")]
    [InlineData("['env/*.yaml']", "m")]
    public async Task H05_a_glob_expands_in_lexical_order_and_a_named_file_keeps_its_own_place(string files, string color)
    {
        _folder.With("chart/env/a.yaml", "color: a").With("chart/env/m.yaml", "color: m").With("chart/env/z/z.yaml", "color: z");

        Assert.Equal((color, "1"), await ValuesAsync($"helm: {{valueFiles: {files}}}"));
    }

    [Fact]
    public async Task H09_definitions_of_a_chart_can_be_left_out()
    {
        var all = await _folder.RenderAsync(_renderer, "chart");
        var without = await _folder.RenderAsync(_renderer, "chart", "helm: {skipCrds: true}");

        Assert.Equal(["ConfigMap", "CustomResourceDefinition"], all.Select(item => item.Kind).Order(StringComparer.Ordinal));
        Assert.Equal(["ConfigMap"], without.Select(item => item.Kind));
    }

    [Fact]
    public async Task H10_tests_of_a_chart_can_be_left_out_and_are_never_applied()
    {
        _folder.With("chart/templates/test.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: test, annotations: {helm.sh/hook: test}}\nspec: {containers: [{name: c, image: i}]}");

        var all = await _folder.RenderAsync(_renderer, "chart", "helm: {skipCrds: true}");
        var without = await _folder.RenderAsync(_renderer, "chart", "helm: {skipCrds: true, skipTests: true}");

        Assert.True(HookSettings.Read(all.Single(item => item.Kind == "Pod")).IsSkipped);
        Assert.DoesNotContain(without, item => item.Kind == "Pod");
    }

    [Fact]
    public async Task H11_kinds_of_the_destination_are_known_to_the_chart_and_the_source_may_name_others()
    {
        _folder.With("asking/Chart.yaml", "apiVersion: v2\nname: asking\nversion: 1.0.0")
            .With("asking/templates/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {monitor: {{ .Capabilities.APIVersions.Has \"monitoring.example.com/v1/Monitor\" | quote }}, other: {{ .Capabilities.APIVersions.Has \"other.example.com/v1\" | quote }}}");

        var asked = Assert.Single(await _folder.RenderAsync(_renderer, "asking", "{}", request => request with { ApiVersions = ["v1", "monitoring.example.com/v1", "monitoring.example.com/v1/Monitor"] }));
        var overridden = Assert.Single(await _folder.RenderAsync(_renderer, "asking", "helm: {apiVersions: [other.example.com/v1]}", request => request with { ApiVersions = ["monitoring.example.com/v1/Monitor"] }));

        Assert.Equal(("true", "false"), ((string?)asked.Json["data"]!["monitor"], (string?)asked.Json["data"]!["other"]));
        Assert.Equal(("false", "true"), ((string?)overridden.Json["data"]!["monitor"], (string?)overridden.Json["data"]!["other"]));
    }

    [Fact]
    public async Task S16_parameters_may_name_the_build_environment()
    {
        _folder.With("env/Chart.yaml", "apiVersion: v2\nname: env\nversion: 1.0.0")
            .With("env/templates/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {all: {{ .Values.all | quote }}}");

        var config = Assert.Single(await _folder.RenderAsync(_renderer, "env", "helm: {parameters: [{name: all, value: '$ARGOCD_APP_NAME ${ARGOCD_APP_NAMESPACE} $ARGOCD_APP_REVISION_SHORT $ARGOCD_APP_REVISION_SHORT_8 $ARGOCD_APP_SOURCE_PATH $ARGOCD_APP_PROJECT_NAME $$HOME $UNKNOWN.'}]}"));

        Assert.Equal("web prod 0123456 01234567 env default $HOME .", (string?)config.Json["data"]!["all"]);
    }

    [Fact]
    public async Task H13_lookup_finds_nothing()
    {
        _folder.With("looking/Chart.yaml", "apiVersion: v2\nname: looking\nversion: 1.0.0")
            .With("looking/templates/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {found: {{ lookup \"v1\" \"Secret\" \"kube-system\" \"\" | len | quote }}, install: {{ .Release.IsInstall | quote }}}");

        var config = Assert.Single(await _folder.RenderAsync(_renderer, "looking"));

        Assert.Equal(("0", "true"), ((string?)config.Json["data"]!["found"], (string?)config.Json["data"]!["install"]));
    }

    private async Task<(string? Color, string? Size)> ValuesAsync(string source)
    {
        var config = (await _folder.RenderAsync(_renderer, "chart", source)).Single(item => item.Kind == "ConfigMap");
        return ((string?)config.Json["data"]!["color"], (string?)config.Json["data"]!["size"]);
    }
}
