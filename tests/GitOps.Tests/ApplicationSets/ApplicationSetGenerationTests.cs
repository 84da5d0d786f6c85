using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.ApplicationSets;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Tests.ApplicationSets;

public sealed class ApplicationSetGenerationTests
{
    private readonly GivenInputs _inputs = new();

    [Fact]
    public async Task E01_a_list_of_three_clusters_yields_three_applications()
    {
        var applications = await GenerateAsync(
            """
            generators:
            - list:
                elements:
                - {cluster: eu, url: https://eu.example.com, namespace: shop-eu}
                - {cluster: us, url: https://us.example.com, namespace: shop-us}
                - {cluster: ap, url: https://ap.example.com, namespace: shop-ap}
            """,
            "{{cluster}}-shop",
            "destination: {server: '{{url}}', namespace: '{{ namespace }}'}");

        Assert.Equal(["eu-shop", "us-shop", "ap-shop"], applications.Select(application => application.Name));
        Assert.Equal("https://us.example.com", (string?)applications[1].Json["spec"]!["destination"]!["server"]);
        Assert.Equal("shop-ap", (string?)applications[2].Json["spec"]!["destination"]!["namespace"]);
        Assert.All(applications, application => Assert.Equal("argocd", application.Namespace));
    }

    [Fact]
    public async Task E12_unknown_names_stay_as_they_are_without_go_templates()
    {
        var applications = await GenerateAsync("generators: [{list: {elements: [{a: x}]}}]", "{{a}}", "project: '{{ b }}'");

        Assert.Equal("{{ b }}", (string?)applications[0].Json["spec"]!["project"]);
    }

    [Fact]
    public async Task E01_a_list_value_that_is_no_string_is_refused_with_a_remedy()
    {
        var refused = await Assert.ThrowsAsync<ApplicationSetException>(() => GenerateAsync("generators: [{list: {elements: [{a: 1}]}}]", "{{a}}"));

        Assert.Contains("'a'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("goTemplate", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E16_the_finalizer_is_added_unless_resources_are_preserved()
    {
        var cascading = await GenerateAsync("generators: [{list: {elements: [{a: x}]}}]", "{{a}}");
        var preserving = await GenerateAsync("{generators: [{list: {elements: [{a: x}]}}], syncPolicy: {preserveResourcesOnDeletion: true}}", "{{a}}");

        Assert.Equal("resources-finalizer.argocd.argoproj.io", (string?)cascading[0].Metadata["finalizers"]![0]);
        Assert.Null(preserving[0].Metadata["finalizers"]);
    }

    [Fact]
    public async Task E02_an_empty_cluster_selector_yields_the_local_cluster_too()
    {
        _inputs.Clusters.Add(Cluster("Prod_EU", ("env", "prod")));
        _inputs.Clusters.Add(Cluster("dev", ("env", "dev")));

        var all = await GenerateAsync("generators: [{clusters: {}}]", "{{nameNormalized}}");
        var selected = await GenerateAsync("generators: [{clusters: {selector: {matchLabels: {env: prod}}}}]", "{{nameNormalized}}-{{metadata.labels.env}}");

        Assert.Equal(["in-cluster", "prod-eu", "dev"], all.Select(application => application.Name));
        Assert.Equal(["prod-eu-prod"], selected.Select(application => application.Name));
    }

    [Fact]
    public async Task E03_directories_match_one_level_and_exclusion_wins()
    {
        Given("apps/a/x.yaml", "apps/b/x.yaml", "apps/b/deep/x.yaml", "apps/.hidden/x.yaml", "other/x.yaml");

        var applications = await GenerateAsync(
            "generators: [{git: {repoURL: r, revision: HEAD, directories: [{path: 'apps/*'}, {path: apps/b, exclude: true}]}}]",
            "{{path.basename}}",
            "source: {path: '{{path}}', first: '{{path[0]}}'}");

        Assert.Equal("a", Assert.Single(applications).Name);
        Assert.Equal("apps/a", (string?)applications[0].Json["spec"]!["source"]!["path"]);
        Assert.Equal("apps", (string?)applications[0].Json["spec"]!["source"]!["first"]);
    }

    [Fact]
    public async Task E04_files_give_their_content_flattened_and_a_star_crosses_slashes()
    {
        _inputs.Files["clusters/eu/one/config.yaml"] = "cluster: {name: one, size: 3}";
        _inputs.Files["clusters/us/config.yaml"] = """[{"cluster": {"name": "two"}}, {"cluster": {"name": "three"}}]""";

        var applications = await GenerateAsync(
            "generators: [{git: {repoURL: r, revision: HEAD, files: [{path: 'clusters/*/config.yaml'}], values: {tier: 'tier-{{cluster.name}}'}}}]",
            "{{cluster.name}}-{{path.basename}}",
            "project: '{{values.tier}} {{path.filename}} {{cluster.size}}'");

        Assert.Equal(["one-one", "two-us", "three-us"], applications.Select(application => application.Name));
        Assert.Equal("tier-one config.yaml 3", (string?)applications[0].Json["spec"]!["project"]);
    }

    [Fact]
    public async Task E05_a_matrix_gives_every_pair_and_the_second_child_may_use_the_first()
    {
        Given("eu/a/x.yaml", "eu/b/x.yaml", "us/a/x.yaml");

        var applications = await GenerateAsync(
            """
            generators:
            - matrix:
                generators:
                - list: {elements: [{region: eu}, {region: us}]}
                - git: {repoURL: r, revision: HEAD, directories: [{path: '{{region}}/*'}]}
            """,
            "{{region}}-{{path.basename}}");

        Assert.Equal(["eu-a", "eu-b", "us-a"], applications.Select(application => application.Name));
    }

    [Fact]
    public async Task E05_a_matrix_whose_children_disagree_is_refused()
    {
        var refused = await Assert.ThrowsAsync<ApplicationSetException>(() => GenerateAsync(
            "generators: [{matrix: {generators: [{list: {elements: [{a: x}]}}, {list: {elements: [{a: y}]}}]}}]", "{{a}}"));

        Assert.Contains("'a'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E06_a_merge_overrides_by_key_and_drops_what_the_base_lacks()
    {
        var applications = await GenerateAsync(
            """
            generators:
            - merge:
                mergeKeys: [cluster]
                generators:
                - list: {elements: [{cluster: a, size: small}, {cluster: b, size: small}]}
                - list: {elements: [{cluster: b, size: large}, {cluster: c, size: large}]}
            """,
            "{{cluster}}-{{size}}");

        Assert.Equal(["a-small", "b-large"], applications.Select(application => application.Name));
    }

    [Fact]
    public async Task E10_a_post_selector_filters_sets()
    {
        var applications = await GenerateAsync(
            "generators: [{list: {elements: [{id: a, env: prod}, {id: b, env: dev}]}, selector: {matchLabels: {env: prod}}}]", "{{id}}");

        Assert.Equal("a", Assert.Single(applications).Name);
    }

    [Fact]
    public async Task E13_a_template_patch_adds_fields_but_cannot_change_the_project()
    {
        var applications = await GenerateAsync(
            """
            generators: [{list: {elements: [{id: a}]}}]
            templatePatch: |
              metadata: {annotations: {from: '{{id}}'}}
              spec: {project: stolen, syncPolicy: {automated: {prune: true}}}
            """,
            "{{id}}",
            "project: default");

        Assert.Equal("a", applications[0].Annotation("from"));
        Assert.Equal("default", (string?)applications[0].Json["spec"]!["project"]);
        Assert.True((bool?)applications[0].Json["spec"]!["syncPolicy"]!["automated"]!["prune"]);
    }

    [Fact]
    public async Task E19_of_two_applications_with_one_name_the_first_counts_and_the_other_is_a_problem()
    {
        var generated = await GenerateAllAsync("generators: [{list: {elements: [{id: a}, {id: b}, {id: a}]}}]", "{{id}}", "{}");

        Assert.Equal(["a", "b"], generated.Applications.Select(application => application.Name));
        Assert.Contains("duplicate name: a", Assert.Single(generated.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task E14_one_unreadable_repository_fails_the_whole_generation()
    {
        await Assert.ThrowsAsync<ApplicationSetException>(() => GenerateAsync(
            "generators: [{list: {elements: [{id: a}]}}, {git: {repoURL: r, directories: [{path: '*'}]}}]", "{{id}}"));
    }

    [Theory]
    [InlineData("generators: [{pullRequest: {}}]", "pullRequest")]
    [InlineData("generators: [{}]", "none")]
    [InlineData("generators: [{list: {}, clusters: {}}]", "list, clusters")]
    public async Task A_generator_entry_that_cannot_be_used_says_why(string spec, string expected)
    {
        var refused = await Assert.ThrowsAsync<ApplicationSetException>(() => GenerateAsync(spec, "x"));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private static KnownCluster Cluster(string name, params (string Key, string Value)[] labels) => new()
    {
        Name = name,
        Server = $"https://{name}.example.com",
        Labels = labels.ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal),
    };

    private static JsonObject Yaml(string text) => (JsonObject)YamlText.ToJson(Encoding.UTF8.GetBytes(text), "test")[0].Root!;

    private void Given(params string[] paths)
    {
        foreach (var path in paths)
        {
            _inputs.Files[path] = "{}";
        }
    }

    private async Task<IReadOnlyList<KubernetesObject>> GenerateAsync(string spec, string name, string applicationSpec = "{}") =>
        (await GenerateAllAsync(spec, name, applicationSpec)).Applications;

    private Task<GeneratedApplications> GenerateAllAsync(string spec, string name, string applicationSpec)
    {
        var yaml = $$"""
            apiVersion: argoproj.io/v1alpha1
            kind: ApplicationSet
            metadata: {name: shops, namespace: argocd}
            """;
        var set = ManifestReader.Read(Encoding.UTF8.GetBytes(yaml), "test")[0];
        var body = Yaml(spec);
        body["template"] = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = Yaml(applicationSpec),
        };
        set.Json["spec"] = body;
        return new ApplicationSetGeneration(_inputs).GenerateAsync(new ApplicationSetSpec(set), CancellationToken.None);
    }
}
