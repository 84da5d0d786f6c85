using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Preview;
using SecretsOps.GitOps.Tests.Servers;
using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Preview;

/// <summary>What <c>plan APP</c> and <c>app manifests</c> render from private repositories.</summary>
public sealed class PreviewRepositoriesTests : IAsyncLifetime, IDisposable
{
    private readonly TestRepository _remote = new();
    private readonly TestCertificates _certificates = new();
    private readonly LocalKeyService _keys = new(new KeyCredentials());
    private TestCluster _cluster = null!;
    private GitHttpServer _server = null!;
    private string _namespace = "";

    public async Task InitializeAsync()
    {
        _remote.Commit(("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"));
        _cluster = await TestCluster.StartAsync();
        _namespace = await _cluster.CreateNamespaceAsync("preview");
        _server = await GitHttpServer.StartAsync(Path.GetDirectoryName(_remote.Path)!, _certificates);
        _server.Authorization = GitHttpServer.Basic("deploy", "s3cret");
        await _cluster.Client.CreateAsync(ApiResource.ConfigMaps, new KubernetesObject(ApiResource.ConfigMaps.Gvk, _namespace, "argocd-tls-certs-cm")
        {
            Json = { ["data"] = new JsonObject { ["127.0.0.1"] = _certificates.AuthorityPem } },
        }, WriteOptions.Default, default);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    public void Dispose()
    {
        _keys.Dispose();
        _remote.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task An_Application_of_a_private_repository_is_rendered_with_the_cluster_s_repository_Secret()
    {
        await AddSecretAsync();

        using var manifests = await RenderAsync(await PreviewRepositories.ReadAsync(_cluster.Client, _namespace, default));

        Assert.Contains("ConfigMap", Assert.Single(ChangePlanner.Texts(manifests)));
    }

    [Fact]
    public async Task Without_the_Secret_the_repository_is_named_that_refuses()
    {
        var refused = await Assert.ThrowsAsync<PreviewException>(async () => await RenderAsync(await PreviewRepositories.ReadAsync(_cluster.Client, _namespace, default)));

        Assert.Contains(_server.Authority, refused.Message);
    }

    [Fact]
    public async Task Whoever_may_not_read_the_Secrets_is_told_so()
    {
        await AddSecretAsync();
        using var nobody = new ApiClient(Kubeconfig.Load(new KubeconfigOptions { Path = _cluster.KubeconfigPath }) with { Impersonation = new Impersonation { UserName = "nobody" } });
        var repositories = await PreviewRepositories.ReadAsync(nobody, _namespace, default);

        var refused = await Assert.ThrowsAsync<PreviewException>(() => RenderAsync(repositories));

        Assert.Contains($"the repository Secrets of namespace '{_namespace}' cannot be read", refused.Message);
        Assert.DoesNotContain("s3cret", refused.Message);
    }

    private Task<KubernetesObject> AddSecretAsync()
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, _namespace, "shop");
        secret.SetLabel("argocd.argoproj.io/secret-type", "repository");
        secret.Json["data"] = new JsonObject { ["url"] = Base64(_server.UrlOf(_remote)), ["username"] = Base64("deploy"), ["password"] = Base64("s3cret") };
        return _cluster.Client.CreateAsync(ApiResource.Secrets, secret, WriteOptions.Default, default);
    }

    private Task<PreviewedManifests> RenderAsync(PreviewRepositories repositories)
    {
        var application = new KubernetesObject(ApiResource.Applications.Gvk, _namespace, "shop");
        application.Json["spec"] = new JsonObject
        {
            ["project"] = "default",
            ["source"] = new JsonObject { ["repoURL"] = _server.UrlOf(_remote), ["path"] = ".", ["targetRevision"] = "HEAD" },
            ["destination"] = new JsonObject { ["server"] = "https://kubernetes.default.svc", ["namespace"] = _namespace },
        };
        var preview = new ManifestPreview(new PreviewOptions
        {
            Keys = _keys,
            SearchPath = Path.GetDirectoryName(ExternalPrograms.Git)!,
            Repositories = repositories,
        });
        return preview.RenderApplicationAsync(application, "", "", default);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
