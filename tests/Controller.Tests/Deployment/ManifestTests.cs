using System.Text.Json.Nodes;

using SecretsOps.Controller.Options;
using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Deployment;

/// <summary>What the kustomize overlays and the chart install, rendered by real programs.</summary>
[Collection(BareCollection.Name)]
public sealed class ManifestTests(BareFixture fixture)
{
    public static TheoryData<string> Overlays => ["base", "overlays/sealing-only", "overlays/namespaced"];

    public static TheoryData<string> Installations => ["base", "overlays/sealing-only", "overlays/namespaced", "helm"];

    [Theory]
    [MemberData(nameof(Overlays))]
    public Task The_API_server_accepts_everything_that_is_rendered(string overlay) =>
        Rendered.Kustomize(overlay).ApplyAsync(fixture.Cluster, "server");

    [Theory]
    [MemberData(nameof(Installations))]
    public void DEP_1_kubeseal_with_its_defaults_finds_the_Service_and_may_use_it(string installation)
    {
        var rendered = Render(installation);
        var service = rendered.One("Service", "sealed-secrets-controller");
        var port = service.Json["spec"]!["ports"]![0]!["name"]?.ToString() ?? "";
        var proxier = (JsonArray)rendered.One("Role", installation == "helm" ? "sealed-secrets-controller-service-proxier" : "sealed-secrets-service-proxier").Json["rules"]!;

        Assert.Equal("kube-system", service.Namespace);
        Assert.Contains(proxier, rule => Words(rule!["resources"]).Contains("services") && Words(rule["resourceNames"]).Contains("sealed-secrets-controller") && Words(rule["verbs"]).Contains("get"));
        Assert.Contains(proxier, rule => Words(rule!["resources"]).Contains("services/proxy") && Words(rule["resourceNames"]).Contains($"http:sealed-secrets-controller:{port}") && Words(rule["verbs"]).Contains("create"));
        Assert.Equal(service.Json["spec"]!["selector"]!.ToJsonString(), Selected(rendered, service.Json["spec"]!["selector"]!).ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Installations))]
    public void DEP_3_the_Pod_meets_the_restricted_security_standard(string installation) =>
        Assert.Empty(RestrictedPodSecurity.Violations(Render(installation).Pod));

    [Theory]
    [MemberData(nameof(Installations))]
    public void The_arguments_are_ones_that_the_controller_understands(string installation)
    {
        var rendered = Render(installation);
        var options = ControllerFlags.Parse(rendered.Arguments[1..], _ => null, new ControllerOptions());

        Assert.Equal("run", rendered.Arguments[0]);
        Assert.Equal(installation is "base" or "helm", options.IsSyncEngineOn);
        Assert.Equal(installation != "overlays/namespaced", options.Reconcile.AllNamespaces);
    }

    [Fact]
    public void The_image_runs_what_build_publishes_as_the_user_of_the_manifests_and_answers_to_upstreams_command()
    {
        var dockerfile = File.ReadAllLines(RepositoryRoot.Combine("deploy", "Dockerfile"));
        var build = File.ReadAllText(RepositoryRoot.Combine("build"));
        var copied = dockerfile.Single(line => line.StartsWith("COPY ", StringComparison.Ordinal)).Split(' ')[1..^1];

        Assert.Equal(["dist/secretsops", "dist/secretsops-controller"], copied);
        Assert.All(copied, file => Assert.Contains(Path.GetFileName(file), build, StringComparison.Ordinal));
        Assert.Contains(dockerfile, line => line.Contains("ln -s secretsops-controller /usr/local/bin/controller", StringComparison.Ordinal));
        Assert.Contains($"USER {Rendered.Kustomize("base").Pod["securityContext"]!["runAsUser"]}", dockerfile);
    }

    [Fact]
    public void Without_the_sync_engine_nobody_is_cluster_admin() =>
        Assert.All(
            [Rendered.Kustomize("overlays/sealing-only"), Rendered.Kustomize("overlays/namespaced"), Rendered.Helm("syncEngine=false")],
            rendered => Assert.DoesNotContain(rendered.Of("ClusterRoleBinding"), binding => binding.Json["roleRef"]!["name"]!.ToString() == "cluster-admin"));

    private static Rendered Render(string installation) => installation == "helm" ? Rendered.Helm() : Rendered.Kustomize(installation);

    private static string[] Words(JsonNode? list) => [.. (list as JsonArray ?? []).Select(word => word!.ToString())];

    // Those of the Pod's labels that the Service asks for.
    private static JsonObject Selected(Rendered rendered, JsonNode selector)
    {
        var labels = rendered.Deployment.Json["spec"]!["template"]!["metadata"]!["labels"]!;
        return new JsonObject(((JsonObject)selector).Select(wanted => KeyValuePair.Create(wanted.Key, labels[wanted.Key]?.DeepClone())));
    }
}
