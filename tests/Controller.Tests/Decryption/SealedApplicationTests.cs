using System.Text.Json.Nodes;

using SecretsOps.Controller.Tests.Cluster;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Controller.Tests.Decryption;

/// <summary>SealedSecrets in Git: the sync engine applies them sealed, or opens them where an Application asks and the keys were granted.</summary>
[Collection(BareCollection.Name)]
public sealed class SealedApplicationTests(BareFixture fixture) : IDisposable
{
    private const string Asks = "secretsops.io/unseal";

    private readonly TestCluster _cluster = fixture.Cluster;
    private readonly TemporaryDirectory _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task D04_a_SealedSecret_is_applied_as_it_is_or_opened_where_the_Application_asks()
    {
        var (control, space) = await StartAsync(isGranted: true);
        Commit(Sealed(space, "database", """{"password":"hunter2"}""", ("argocd.argoproj.io/sync-wave", "3")));

        await CreateAsync(control, "sealed", space, isOpened: false);
        await StateAsync(control, "sealed", "Synced");
        var kept = await _cluster.SealedAsync(space, "database");
        Assert.StartsWith("sealed:", kept!.Annotation("argocd.argoproj.io/tracking-id"));

        var other = await _cluster.CreateNamespaceAsync();
        Commit(Sealed(other, "database", """{"password":"hunter2"}""", ("argocd.argoproj.io/sync-wave", "3")));
        await CreateAsync(control, "opened", other, isOpened: true);
        var application = await StateAsync(control, "opened", "Synced");

        var secret = await _cluster.SecretAsync(other, "database");
        Assert.Equal("hunter2", secret.Text("password"));
        Assert.Equal("kubernetes.io/basic-auth", (string?)secret!.Json["type"]);
        Assert.StartsWith("opened:/Secret:", secret.Annotation("argocd.argoproj.io/tracking-id"));
        Assert.Equal("3", secret.Annotation("argocd.argoproj.io/sync-wave"));
        Assert.Null(secret.Metadata["ownerReferences"]);
        Assert.Null(await _cluster.SealedAsync(other, "database"));
        Assert.DoesNotContain("hunter2", application.Json.ToJsonString());
    }

    [Fact]
    public async Task D04_what_was_sealed_for_another_name_or_not_granted_stops_the_application()
    {
        var (control, space) = await StartAsync(isGranted: true);
        Commit(Sealed("elsewhere", "database", """{"password":"hunter2"}"""));
        await CreateAsync(control, "foreign", space, isOpened: true);

        var foreign = await StateAsync(control, "foreign", "Unknown");
        Assert.Contains($"no key in the ring can unseal 'password' (strict scope '{space}/database'", (string?)foreign.Json["status"]!["conditions"]![0]!["message"]);
        Assert.Null(await _cluster.SecretAsync(space, "database"));

        var (poor, _) = await StartAsync(isGranted: false);
        await CreateAsync(poor, "refused", space, isOpened: true);

        var refused = await StateAsync(poor, "refused", "Unknown");
        Assert.Contains("--unseal-for-applications", (string?)refused.Json["status"]!["conditions"]![0]!["message"]);
        Assert.Null(await _cluster.SealedAsync(space, "database"));
    }

    private async Task<(string Control, string Space)> StartAsync(bool isGranted)
    {
        var own = await fixture.CreateKeyNamespaceAsync("rsa2048");
        var options = RunningController.Options() with { IsSealingOn = false, IsSyncEngineOn = true, ApplicationsNamespace = own, UnsealsForApplications = isGranted };
        await fixture.StartAsync(own, options);
        return (own, await _cluster.CreateNamespaceAsync());
    }

    /// <summary>Without a namespace of its own, as charts have them: the destination's counts.</summary>
    private static string Sealed(string space, string name, string data, params (string Name, string Value)[] annotations)
    {
        var value = VectorKeys.Seal("rsa2048", space, name, data);
        value.Json["spec"]!["template"]!["type"] = "kubernetes.io/basic-auth";
        foreach (var (key, text) in annotations)
        {
            value.SetAnnotation(key, text);
        }

        value.Metadata.Remove("namespace");
        return value.Json.ToJsonString();
    }

    private void Commit(string manifest)
    {
        _repository.Write("app/sealed.json", manifest);
        Git("init", "--quiet", "--initial-branch=main", ".");
        Git("add", "--all");
        Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "change");
    }

    private void Git(params string[] arguments) => ExternalProgram.Run(ExternalPrograms.Git, ["-C", _repository.Path, .. arguments]).ShouldSucceed();

    private Task<KubernetesObject> CreateAsync(string control, string name, string space, bool isOpened)
    {
        var application = new KubernetesObject(ApiResource.Applications.Gvk, control, name);
        if (isOpened)
        {
            application.SetAnnotation(Asks, "true");
        }

        application.Json["spec"] = new JsonObject
        {
            ["project"] = "default",
            ["source"] = new JsonObject { ["repoURL"] = $"file://{_repository.Path}", ["path"] = "app", ["targetRevision"] = "main" },
            ["destination"] = new JsonObject { ["server"] = "https://kubernetes.default.svc", ["namespace"] = space },
            ["syncPolicy"] = new JsonObject { ["automated"] = new JsonObject() },
        };
        return _cluster.CreateAsync(ApiResource.Applications, application);
    }

    private Task<KubernetesObject> StateAsync(string control, string name, string status) => Eventually.NotNullAsync(
        async () => await _cluster.Client.GetAsync(ApiResource.Applications, control, name, default) is { } value && (string?)value.Json["status"]?["sync"]?["status"] == status ? value : null,
        $"Application {name} is {status}");
}
