using System.Text.Json.Nodes;
using SecretsOps.GitOps.Projects;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.GitOps.Tests.Projects;

public sealed class ProjectRulesTests
{
    [Theory]
    [InlineData("""["*"]""", "https://example.org/a/b", true)]
    [InlineData("""[]""", "https://example.org/a/b", false)]
    [InlineData("""["https://example.org/a/*"]""", "https://EXAMPLE.org/a/b.git", true)]
    [InlineData("""["https://example.org/*"]""", "https://example.org/a/b", false)]
    [InlineData("""["https://example.org/**"]""", "https://example.org/a/b", true)]
    [InlineData("""["*", "!https://example.org/a/secret"]""", "https://example.org/a/secret", false)]
    [InlineData("""["git@example.org:a/b"]""", "ssh://git@example.org/a/b.git", true)]
    public void J01_source_repositories_are_globs_on_normal_forms(string repositories, string url, bool expected) =>
        Assert.Equal(expected, Rules($$"""{"sourceRepos": {{repositories}}}""").PermitsSource(url));

    [Theory]
    [InlineData("""[{"server": "*", "namespace": "*"}]""", true)]
    [InlineData("""[{"name": "in-cluster", "namespace": "shop-*"}]""", true)]
    [InlineData("""[{"server": "*", "namespace": "other"}]""", false)]
    [InlineData("""[{"server": "*", "namespace": "*"}, {"server": "*", "namespace": "!shop-*"}]""", false)]
    [InlineData("""[{"server": "*", "namespace": "*"}, {"name": "!in-*", "namespace": "*"}]""", false)]
    [InlineData("""[]""", false)]
    public void J02_destinations_match_by_server_or_name_and_denials_win(string destinations, bool expected) =>
        Assert.Equal(expected, Rules($$"""{"destinations": {{destinations}}}""").PermitsDestination("https://kubernetes.default.svc", "in-cluster", "shop-dev"));

    [Theory]
    [InlineData("""{}""", false)]
    [InlineData("""{"clusterResourceWhitelist": []}""", false)]
    [InlineData("""{"clusterResourceWhitelist": [{"group": "*", "kind": "*"}]}""", true)]
    [InlineData("""{"clusterResourceWhitelist": [{"group": "", "kind": "Namespace", "name": "shop-*"}]}""", true)]
    [InlineData("""{"clusterResourceWhitelist": [{"group": "", "kind": "Namespace", "name": "other-*"}]}""", false)]
    [InlineData("""{"clusterResourceWhitelist": [{"group": "*", "kind": "*"}], "clusterResourceBlacklist": [{"group": "", "kind": "Namespace"}]}""", false)]
    public void J03_no_cluster_kind_is_allowed_that_is_not_listed(string spec, bool expected) =>
        Assert.Equal(expected, Rules(spec).PermitsKind(new ObjectKey("", "Namespace", "", "shop-dev"), isNamespaced: false));

    [Theory]
    [InlineData("""{}""", true)]
    [InlineData("""{"namespaceResourceWhitelist": []}""", false)]
    [InlineData("""{"namespaceResourceWhitelist": [{"group": "", "kind": "Config*"}]}""", true)]
    [InlineData("""{"namespaceResourceBlacklist": [{"group": "", "kind": "ConfigMap"}]}""", false)]
    public void J04_every_namespaced_kind_is_allowed_unless_a_list_says_otherwise(string spec, bool expected) =>
        Assert.Equal(expected, Rules(spec).PermitsKind(new ObjectKey("", "ConfigMap", "shop", "a"), isNamespaced: true));

    private static ProjectRules Rules(string spec) => new("team", (JsonObject)JsonNode.Parse(spec)!);
}
