using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Rendering.Plugin;
using SecretsOps.GitOps.Tools;
using SecretsOps.Testing;

namespace SecretsOps.GitOps.Tests.Rendering;

public sealed class PluginRendererTests : IDisposable
{
    private const string PrintsEnvironment = """
        echo "apiVersion: v1"
        echo "kind: ConfigMap"
        echo "metadata: {name: env}"
        echo "data:"
        env | grep -E '^[A-Z_0-9]+=' | sed -e 's/"/\\"/g' -e 's/^\([^=]*\)=\(.*\)$/  \1: "\2"/'
        """;

    private readonly TemporaryDirectory _plugins = new();
    private readonly ToolBox _tools = new("/usr/bin:/bin", TimeProvider.System);
    private readonly RenderedFolder _folder = new RenderedFolder().With("app/input.txt", "plain").With("other/note.txt", "elsewhere");

    public void Dispose()
    {
        _plugins.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task P01_a_plugin_runs_by_name_with_prefixed_user_variables_and_nothing_of_our_own_environment()
    {
        Environment.SetEnvironmentVariable("ENGINE_PRIVATE_CANARY", "canary");
        Declare("printer", Script(PrintsEnvironment));

        var data = await DataAsync("plugin: {name: printer, env: [{name: PATH, value: /evil}, {name: REGION, value: $ARGOCD_APP_NAME-eu}]}");

        Assert.Equal("web-eu", data["ARGOCD_ENV_REGION"]);
        Assert.Equal("/evil", data["ARGOCD_ENV_PATH"]);
        Assert.DoesNotContain("/evil", data["PATH"]);
        Assert.False(data.ContainsKey("REGION"));
        Assert.False(data.ContainsKey("ENGINE_PRIVATE_CANARY"));
        Assert.Equal(("web", "prod", "1.34.0"), (data["ARGOCD_APP_NAME"], data["ARGOCD_APP_NAMESPACE"], data["KUBE_VERSION"]));
    }

    [Fact]
    public async Task P01_a_version_is_part_of_the_name()
    {
        Declare("printer", Script(PrintsEnvironment), version: "v1.0");

        await DataAsync("plugin: {name: printer-v1.0}");
        var unknown = await Assert.ThrowsAsync<RenderException>(() => DataAsync("plugin: {name: printer}"));

        Assert.Equal("app: plugin 'printer' is not installed; there are printer-v1.0", unknown.Message);
    }

    [Fact]
    public async Task P02_parameters_arrive_as_JSON_and_one_by_one()
    {
        Declare("printer", Script(PrintsEnvironment));

        var data = await DataAsync("plugin: {name: printer, parameters: [{name: values-files, array: [a, b]}, {name: image.tag, string: v2}, {name: labels, map: {team: red}}]}");

        Assert.Equal(("a", "b"), (data["PARAM_VALUES_FILES_0"], data["PARAM_VALUES_FILES_1"]));
        Assert.Equal(("v2", "red"), (data["PARAM_IMAGE_TAG"], data["PARAM_LABELS_TEAM"]));
        Assert.Equal("""[{"name":"values-files","array":["a","b"]},{"name":"image.tag","string":"v2"},{"name":"labels","map":{"team":"red"}}]""", data["ARGOCD_APP_PARAMETERS"]);
    }

    [Theory]
    [InlineData("fileName: \"./input.*\"")]
    [InlineData("find: {glob: \"**/input.txt\"}")]
    [InlineData("find: {command: [sh, -c, \"test -f input.txt && echo yes\"]}")]
    public async Task P03_a_source_without_a_tool_goes_to_the_first_plugin_that_recognises_it(string discover)
    {
        Declare("a-other", Script("exit 1"), discover: "fileName: nothing.txt");
        Declare("b-fits", Script(PrintsEnvironment), discover: discover);
        Declare("c-fits-too", Script("exit 1"), discover: discover);

        var rendered = await RenderBySetAsync("{}");

        Assert.Equal(SourceType.Plugin, rendered.SourceType);
    }

    [Fact]
    public async Task P03_a_named_plugin_must_recognise_the_source_too()
    {
        Declare("picky", Script(PrintsEnvironment), discover: "fileName: nothing.txt");

        var refused = await Assert.ThrowsAsync<RenderException>(() => DataAsync("plugin: {name: picky}"));

        Assert.Contains("does not recognise", refused.Message);
    }

    [Fact]
    public async Task P05_a_failure_carries_what_the_plugin_complained_of()
    {
        Declare("broken", Script("echo 'no such template' >&2; exit 3"));

        var failed = await Assert.ThrowsAsync<RenderException>(() => DataAsync("plugin: {name: broken}"));

        Assert.Contains("exited with code 3: no such template", failed.Message);
    }

    [Fact]
    public async Task P06_no_output_is_no_object()
    {
        Declare("silent", Script("true"));

        Assert.Empty(await _folder.RenderAsync(Renderer, "app", "plugin: {name: silent}"));
    }

    [Fact]
    public async Task P07_a_command_that_takes_too_long_is_killed_with_its_children()
    {
        var started = new ExternalTool("/bin/sh", TimeProvider.System).RunAsync(new ToolRequest { Arguments = ["-c", "sleep 600 & wait"], TimeLimit = TimeSpan.FromMilliseconds(200) }, default);

        var failed = await Assert.ThrowsAsync<ToolException>(() => started);

        Assert.Contains("did not finish within", failed.Message);
    }

    [Fact]
    public async Task A_renderer_that_takes_too_much_memory_fails_alone()
    {
        var request = new ToolRequest { Arguments = ["-c", "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo ${#x}"], MemoryLimit = 64 * 1024 * 1024 };

        var result = await new ExternalTool("/bin/sh", TimeProvider.System).RunAsync(request, default);

        Assert.NotEqual(0, result.ExitCode);
    }

    [Fact]
    public async Task Init_runs_first_and_the_sources_own_files_are_opened_while_others_stay_as_Git_has_them()
    {
        _folder.WithEncrypted("app/secret.txt", "mine").WithEncrypted("other/secret.txt", "theirs");
        Declare(
            "reader",
            Script("printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: env}\\ndata: {init: \"%s\", mine: \"%s\", theirs: \"%s\"}\\n' \"$(cat made)\" \"$(cat secret.txt)\" \"$(head -1 ../other/secret.txt)\""),
            init: "init: {command: [sh, -c, \"echo done > made\"]}");

        var data = await DataAsync("plugin: {name: reader}");

        Assert.Equal(("done", "mine", "#ENCRYPTED"), (data["init"], data["mine"], data["theirs"]));
    }

    private PluginRenderer Renderer => new(new PluginCatalog(_plugins.Path, _tools), _tools);

    private static string Script(string text) => text;

    private void Declare(string name, string script, string version = "", string discover = "", string init = "")
    {
        _plugins.Write($"{name}/generate.sh", script);
        _plugins.Write($"{name}/plugin.yaml", $"""
            apiVersion: argoproj.io/v1alpha1
            kind: ConfigManagementPlugin
            metadata:
              name: {name}
            spec:
              {(version.Length > 0 ? $"version: {version}" : "")}
              {init}
              {(discover.Length > 0 ? $"discover: {{{discover}}}" : "")}
              generate:
                command: [sh]
                args: [{_plugins.Combine(name, "generate.sh")}]
            """);
    }

    private async Task<IReadOnlyDictionary<string, string>> DataAsync(string source)
    {
        var rendered = await _folder.RenderAsync(Renderer, "app", source);
        return rendered.Single().Json["data"]!.AsObject().ToDictionary(entry => entry.Key, entry => entry.Value!.ToString());
    }

    private async Task<RenderedManifests> RenderBySetAsync(string source)
    {
        var recorder = new SetRenderer(RendererSet.For(_tools, RenderedFolder.Charts, _plugins.Path));
        await _folder.RenderAsync(recorder, "app", source);
        return recorder.Last!;
    }

    private sealed class SetRenderer(RendererSet set) : IRenderer
    {
        public RenderedManifests? Last { get; private set; }

        public SourceType Type => SourceType.Plugin;

        public async Task<RenderedManifests> RenderAsync(RenderRequest request, CancellationToken cancellationToken) => Last = await set.RenderAsync(request, cancellationToken);
    }
}
