using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Rendering.Kustomize;
using SecretsOps.GitOps.Tools;

namespace SecretsOps.GitOps.Tests.Rendering;

public sealed class KustomizeRendererTests : IDisposable
{
    private const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 1
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "registry.example.com:5000/web:1"}]}
        """;

    private readonly RenderedFolder _folder = new RenderedFolder()
        .With("base/kustomization.yaml", "resources: [deployment.yaml]")
        .With("base/deployment.yaml", Deployment);

    private readonly KustomizeRenderer _renderer = new(RenderedFolder.Tools);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_overlay_is_built_over_its_base()
    {
        _folder.With("overlays/prod/kustomization.yaml", "namespace: shop\nnamePrefix: prod-\nresources: [../../base]");

        var rendered = Assert.Single(await _folder.RenderAsync(_renderer, "overlays/prod"));

        Assert.Equal("prod-web", rendered.Name);
        Assert.Equal("shop", rendered.Namespace);
    }

    [Fact]
    public async Task Encrypted_resources_and_generator_files_are_opened_on_the_way()
    {
        _folder.With("app/kustomization.yaml", """
            resources: [secret.yaml]
            generatorOptions: {disableNameSuffixHash: true}
            secretGenerator: [{name: generated, envs: [.env], files: [password.txt]}]
            """)
            .WithEncrypted("app/secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: plain}\nstringData: {a: b}")
            .WithEncrypted("app/.env", "TOKEN=t0ken")
            .WithEncrypted("app/password.txt", "hunter2");

        var rendered = await _folder.RenderAsync(_renderer, "app");

        var generated = rendered.Single(item => item.Name == "generated");
        Assert.Equal(Convert.ToBase64String("t0ken"u8), (string?)generated.Json["data"]!["TOKEN"]);
        Assert.Equal(Convert.ToBase64String("hunter2"u8), (string?)generated.Json["data"]!["password.txt"]);
        Assert.Equal("b", (string?)rendered.Single(item => item.Name == "plain").Json["stringData"]!["a"]);
    }

    [Fact]
    public async Task Nothing_is_left_in_memory_file_systems_afterwards()
    {
        await _folder.RenderAsync(_renderer, "base");

        Assert.DoesNotContain(Directory.EnumerateDirectories("/dev/shm"), path => path.Contains("secretsops-kustomize", StringComparison.Ordinal) && File.Exists(Path.Combine(path, "tree/base/deployment.yaml")));
    }

    [Fact]
    public async Task K01_overrides_of_the_source_work_together()
    {
        var rendered = Assert.Single(await _folder.RenderAsync(_renderer, "base", """
            kustomize:
              namePrefix: pre-
              nameSuffix: -suf
              namespace: other
              images: ["registry.example.com:5000/web:2"]
              replicas: [{name: web, count: "3"}]
              commonLabels: {team: $ARGOCD_APP_NAME}
              commonAnnotations: {literal: $ARGOCD_APP_NAME}
              patches: [{target: {kind: Deployment}, patch: '{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"patched": "yes"}}}'}]
            """));

        Assert.Equal("pre-web-suf", rendered.Name);
        Assert.Equal("other", rendered.Namespace);
        Assert.Equal("web", rendered.Label("team"));
        Assert.Equal("yes", rendered.Label("patched"));
        Assert.Equal("$ARGOCD_APP_NAME", rendered.Annotation("literal"));
        Assert.Equal(3, (long?)rendered.Json["spec"]!["replicas"]);
        Assert.Equal("registry.example.com:5000/web:2", (string?)rendered.Json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);
    }

    /// <summary>One override each, and the kustomization that a person would have written instead.</summary>
    public static TheoryData<string, string> Overrides => new()
    {
        { "namePrefix: pre-", "namePrefix: pre-" },
        { "nameSuffix: -suf", "nameSuffix: -suf" },
        { "namespace: other", "namespace: other" },
        { "images: ['registry.example.com:5000/web=other/web:3']", "images: [{name: 'registry.example.com:5000/web', newName: other/web, newTag: '3'}]" },
        { "replicas: [{name: web, count: 4}]", "replicas: [{name: web, count: 4}]" },
        { "commonLabels: {team: red}", "commonLabels: {team: red}" },
        { "commonLabels: {team: red}, labelWithoutSelector: true", "labels: [{pairs: {team: red}}]" },
        { "commonLabels: {team: red}, labelWithoutSelector: true, labelIncludeTemplates: true", "labels: [{pairs: {team: red}, includeTemplates: true}]" },
        { "commonAnnotations: {note: $ARGOCD_APP_NAME}, commonAnnotationsEnvsubst: true", "commonAnnotations: {note: web}" },
        { "patches: [{target: {kind: Deployment}, patch: '- {op: replace, path: /spec/replicas, value: 9}'}]", "patches: [{target: {kind: Deployment}, patch: '- {op: replace, path: /spec/replicas, value: 9}'}]" },
        { "patches: [{path: patch.yaml}]", "patches: [{path: patch.yaml}]" },
        { "components: [../component]", "components: [../component]" },
    };

    [Theory]
    [MemberData(nameof(Overrides))]
    public async Task K01_each_override_gives_what_the_same_words_in_the_kustomization_give(string source, string kustomization)
    {
        _folder.With("base/patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {patched: 'yes'}}")
            .With("component/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -component")
            .With("written/patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {patched: 'yes'}}")
            .With("written/deployment.yaml", Deployment)
            .With("written/kustomization.yaml", $"resources: [deployment.yaml]\n{kustomization}");

        var overridden = Assert.Single(await _folder.RenderAsync(_renderer, "base", $"kustomize: {{{source}}}"));
        var plain = Assert.Single(await _folder.RenderAsync(_renderer, "base"));

        Assert.Equal(Assert.Single(await _folder.RenderAsync(_renderer, "written")).Json.ToJsonString(), overridden.Json.ToJsonString());
        Assert.NotEqual(plain.Json.ToJsonString(), overridden.Json.ToJsonString());
    }

    [Fact]
    public async Task K01_a_missing_component_is_refused_unless_it_may_be_missing()
    {
        await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(_renderer, "base", "kustomize: {components: [../nowhere]}"));

        Assert.Equal("x-web", Assert.Single(await _folder.RenderAsync(_renderer, "base", "kustomize: {components: [../nowhere], ignoreMissingComponents: true, namePrefix: x-}")).Name);
    }

    [Theory]
    [InlineData("registry.example.com:5000/web:2", "registry.example.com:5000/web:2")]
    [InlineData("registry.example.com:5000/web@sha256:abcd", "registry.example.com:5000/web@sha256:abcd")]
    [InlineData("registry.example.com:5000/web=other/web", "other/web:1")]
    [InlineData("registry.example.com:5000/web=other/web:3", "other/web:3")]
    [InlineData("somebody/else:3", "registry.example.com:5000/web:1")]
    public async Task K02_every_form_of_an_image_override_changes_the_image(string image, string expected)
    {
        var rendered = Assert.Single(await _folder.RenderAsync(_renderer, "base", $"kustomize: {{images: ['{image}']}}"));

        Assert.Equal(expected, (string?)rendered.Json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);
    }

    [Theory]
    [InlineData("labelWithoutSelector: false", "red", "red")]
    [InlineData("labelWithoutSelector: true", null, null)]
    [InlineData("labelWithoutSelector: true, labelIncludeTemplates: true", null, "red")]
    public async Task K03_labels_stay_out_of_selectors_and_templates_where_asked(string switches, string? selector, string? template)
    {
        var rendered = Assert.Single(await _folder.RenderAsync(_renderer, "base", $"kustomize: {{commonLabels: {{team: red}}, {switches}}}"));

        Assert.Equal("red", rendered.Label("team"));
        Assert.Equal(selector, (string?)rendered.Json["spec"]!["selector"]!["matchLabels"]!["team"]);
        Assert.Equal(template, (string?)rendered.Json["spec"]!["template"]!["metadata"]!["labels"]!["team"]);
    }

    [Fact]
    public async Task K05_fifty_applications_of_one_folder_with_different_prefixes_do_not_mix()
    {
        var names = await Task.WhenAll(Enumerable.Range(0, 50).Select(async number =>
            Assert.Single(await _folder.RenderAsync(_renderer, "base", $"kustomize: {{namePrefix: p{number}-}}")).Name));

        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"p{number}-web"), names);
    }

    [Fact]
    public async Task K01_a_label_that_is_there_already_needs_force()
    {
        _folder.With("labelled/kustomization.yaml", "commonLabels: {team: a}\nresources: [../base]");

        var refused = await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(_renderer, "labelled", "kustomize: {commonLabels: {team: b}}"));
        var forced = await _folder.RenderAsync(_renderer, "labelled", "kustomize: {commonLabels: {team: b}, forceCommonLabels: true}");

        Assert.Contains("forceCommonLabels", refused.Message, StringComparison.Ordinal);
        Assert.Equal("b", Assert.Single(forced).Label("team"));
    }

    [Fact]
    public async Task A_failure_is_told_in_paths_of_the_repository()
    {
        _folder.With("broken/kustomization.yaml", "resources: [missing.yaml]");

        var refused = await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(_renderer, "broken"));

        Assert.Contains("missing.yaml", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/dev/shm", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../../etc")]
    [InlineData("/etc/passwd")]
    public async Task A_path_outside_the_repository_is_refused(string path)
    {
        _folder.With("hostile/kustomization.yaml", $"resources: ['{path}']");

        var refused = await Assert.ThrowsAsync<RenderException>(() => _folder.RenderAsync(_renderer, "hostile"));

        Assert.Contains("outside the repository", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_tool_is_named_with_a_remedy()
    {
        var refused = await Assert.ThrowsAsync<ToolException>(() => _folder.RenderAsync(new KustomizeRenderer(new ToolBox("/nowhere", TimeProvider.System)), "base"));

        Assert.Contains("install kustomize", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web:2", "web", "", "2", "")]
    [InlineData("web=other/web:2", "web", "other/web", "2", "")]
    [InlineData("host:5000/web@sha256:ab", "host:5000/web", "", "", "sha256:ab")]
    [InlineData("web=other", "web", "other", "", "")]
    public void K02_an_image_override_is_read_as_kustomize_edit_does(string text, string name, string newName, string tag, string digest) =>
        Assert.Equal(new ImageOverride(name, newName, tag, digest), ImageOverride.Parse(text));
}
