using System.Text;
using System.Text.Json.Nodes;

using SecretsOps.Controller.Options;
using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Deployment;

/// <summary>The controller with nothing but the rights that deploy/ gives it, on an API server that enforces them.</summary>
[Collection(BareCollection.Name)]
public sealed class PermissionTests(BareFixture fixture)
{
    private readonly TestCluster _cluster = fixture.Cluster;

    [Fact]
    public async Task DEP_4_with_Roles_alone_one_namespace_is_served_and_nothing_is_refused()
    {
        var own = await InstallAsync("overlays/namespaced");
        var options = Options() with { IsSealingOn = true };
        await using var controller = await StartAsync(own, options with { Reconcile = options.Reconcile with { AllNamespaces = false } });

        await WorkAsync(own, controller);

        AssertNothingRefused(controller);
    }

    [Fact]
    public async Task The_ClusterRole_is_all_that_sealing_in_every_namespace_needs()
    {
        var own = await InstallAsync("overlays/sealing-only");
        var watched = await _cluster.CreateNamespaceAsync();
        await using var controller = await StartAsync(own, Options());

        await WorkAsync(watched, controller);

        AssertNothingRefused(controller);
    }

    [Fact]
    public async Task DEP_2_a_user_without_any_role_can_fetch_the_certificate()
    {
        var own = await InstallAsync("overlays/sealing-only");
        await using var controller = await StartAsync(own, Options());
        using var jane = Client(new Impersonation { UserName = "jane" });

        Assert.True(await MayAsync(jane, own, "get", "services", "", "sealed-secrets-controller"));
        Assert.True(await MayAsync(jane, own, "get", "services", "proxy", "http:sealed-secrets-controller:"));
        Assert.False(await MayAsync(jane, own, "get", "secrets", "", "sealed-secrets-controller"));
        if (_cluster.Server is { } server)
        {
            server.RegisterService(own, "sealed-secrets-controller", controller.Host.Http.Api);
            var path = $"/api/v1/namespaces/{own}/services/http:sealed-secrets-controller:/proxy/v1/cert.pem";
            var reply = await jane.SendAsync(new ApiRequest { Method = HttpMethod.Get, Path = path, Description = "the certificate", Accept = "*/*" }, CancellationToken.None);
            Assert.Equal(Encoding.UTF8.GetString(controller.Host.Keys.Ring.Active!.Certificate.Pem.Span), Encoding.UTF8.GetString(reply.Body));
        }
    }

    private static ControllerOptions Options()
    {
        var options = RunningController.Options();
        return options with { Replica = new ReplicaOptions(), Reconcile = options.Reconcile with { AdditionalNamespaces = [] } };
    }

    private async Task<string> InstallAsync(string overlay)
    {
        var own = await _cluster.CreateNamespaceAsync("controller");
        await Rendered.Kustomize(overlay).In(own).ApplyAsync(_cluster);
        return own;
    }

    private Task<RunningController> StartAsync(string own, ControllerOptions options) =>
        RunningController.StartAsync(_cluster, own, options, actingAs: new Impersonation
        {
            UserName = $"system:serviceaccount:{own}:sealed-secrets-controller",
            Groups = ["system:serviceaccounts", $"system:serviceaccounts:{own}", "system:authenticated"],
        });

    private ApiClient Client(Impersonation user) =>
        new(Kubeconfig.Load(new KubeconfigOptions { Path = _cluster.KubeconfigPath }) with { Impersonation = user });

    // Everything that sealing does: a key of its own, a Secret made, changed, made anew, a failure reported, a lease held.
    private async Task WorkAsync(string watched, RunningController controller)
    {
        await _cluster.CreateAsync(ApiResource.SealedSecrets, Seal(controller, watched, "db", """{"a":"1"}"""));
        await _cluster.SyncedBecomesAsync(watched, "db", "True");
        var patch = new JsonObject { ["spec"] = Seal(controller, watched, "db", """{"a":"2"}""").Json["spec"]!.DeepClone() };
        await _cluster.MergeAsync(ApiResource.SealedSecrets, watched, "db", patch.ToJsonString());
        await _cluster.SecretBecomesAsync(watched, "db", "a", "2");
        await _cluster.DeleteAsync(ApiResource.Secrets, watched, "db");
        await _cluster.SecretBecomesAsync(watched, "db", "a", "2");
        await _cluster.CreateAsync(ApiResource.SealedSecrets, VectorKeys.Seal("old", watched, "foreign", """{"a":"1"}"""));
        await _cluster.SyncedBecomesAsync(watched, "foreign", "False");
        await Eventually.TrueAsync(async () => (await _cluster.Client.ListAsync(ApiResource.Events, watched, ListOptions.All, CancellationToken.None)).Items.Count >= 2, "events are written");
        Assert.NotNull(await _cluster.Client.TryGetAsync(ApiResource.Leases, controller.OwnNamespace, "sealed-secrets-controller", CancellationToken.None));
    }

    private static KubernetesObject Seal(RunningController controller, string @namespace, string name, string data)
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, @namespace, name);
        secret.Json["stringData"] = JsonNode.Parse(data);
        using var plain = SealedSecrets.PlainSecret.Read(secret);
        return SealedSecrets.Sealer.Seal(plain, controller.Host.Keys.Ring.Active!.Certificate, new SealedSecrets.SealOptions());
    }

    private static void AssertNothingRefused(RunningController controller) =>
        Assert.DoesNotContain("forbidden", controller.Log, StringComparison.OrdinalIgnoreCase);

    private static async Task<bool> MayAsync(ApiClient user, string @namespace, string verb, string resource, string subresource, string name)
    {
        var attributes = new JsonObject { ["namespace"] = @namespace, ["verb"] = verb, ["resource"] = resource, ["subresource"] = subresource, ["name"] = name };
        var review = new JsonObject { ["apiVersion"] = "authorization.k8s.io/v1", ["kind"] = "SelfSubjectAccessReview", ["spec"] = new JsonObject { ["resourceAttributes"] = attributes } };
        var reply = await user.SendAsync(
            new ApiRequest { Method = HttpMethod.Post, Path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", Description = "may I", Body = Encoding.UTF8.GetBytes(review.ToJsonString()) },
            CancellationToken.None);
        return JsonNode.Parse(reply.Body)!["status"]!["allowed"]!.GetValue<bool>();
    }
}
