using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Applications;
using SecretsOps.GitOps.Decryption;
using SecretsOps.GitOps.Rendering;
using SecretsOps.GitOps.Rendering.Helm;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Sources.Charts;
using SecretsOps.GitOps.Tests.Rendering;
using SecretsOps.GitOps.Tests.Servers;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Sources.Charts;

/// <summary>Charts packed by the real helm, from a Helm repository over https and from Debian's registry.</summary>
public sealed class ChartStoreTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly TestCertificates _certificates = new();
    private readonly RepositoryRegistry _registry = new();
    private readonly ChartStore _store;

    public ChartStoreTests() => _store = new ChartStore(_folder.Combine("cache"), _registry, TimeProvider.System);

    [Fact]
    public async Task A_range_takes_the_newest_version_of_the_index_and_a_pin_is_fetched_once()
    {
        await using var server = await HelmRepositoryAsync("1.0.0", "1.2.0", "2.0.0");

        Assert.Equal("1.2.0", await ResolveAsync(server.Url, "web", "1.*"));
        Assert.Equal("1.0.0", await ResolveAsync(server.Url, "web", "v1.0.0"));
        await _store.OpenAsync(server.Url, "web", "", "1.0.0", default);
        var asked = server.Asked.Count;
        Assert.Equal("1.0.0", await ResolveAsync(server.Url, "web", "1.0.0"));
        var tree = await _store.OpenAsync(server.Url, "web", "", "1.0.0", default);

        Assert.Equal(asked, server.Asked.Count);
        Assert.Contains(await tree.TryListAsync("", default) ?? [], entry => entry.Path == "Chart.yaml");
        Assert.NotNull(await tree.TryFindAsync("templates/config.yaml", default));
    }

    [Fact]
    public async Task Missing_charts_and_versions_and_credentials_are_named()
    {
        await using var server = await HelmRepositoryAsync("1.0.0");

        Assert.Contains("no version '9.9.9'", (await Assert.ThrowsAsync<SourceException>(() => ResolveAsync(server.Url, "web", "9.9.9"))).Message, StringComparison.Ordinal);
        Assert.Contains("no chart 'nosuch'", (await Assert.ThrowsAsync<SourceException>(() => ResolveAsync(server.Url, "nosuch", "1.*"))).Message, StringComparison.Ordinal);
        _registry.ReplaceSecrets([]);
        _store.ForgetChanged();
        Assert.Contains("credentials", (await Assert.ThrowsAsync<SourceException>(() => ResolveAsync(server.Url, "web", "1.*"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_is_not_what_the_index_says_is_refused()
    {
        await using var server = await HelmRepositoryAsync("1.0.0");
        File.AppendAllText(_folder.Combine("repository", "web-1.0.0.tgz"), "x");

        var refused = await Assert.ThrowsAsync<SourceException>(() => _store.OpenAsync(server.Url, "web", "", "1.0.0", default));

        Assert.Contains("sha256", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task H12_a_chart_from_a_registry_renders_with_its_dependencies_from_a_repository()
    {
        await using var server = await HelmRepositoryAsync("1.0.0", "1.1.0");
        using var registry = new RegistryServer();
        await registry.WaitAsync();
        var charts = $"oci://{registry.Authority}/charts";
        Know(Secret("helm", server.Url, ("username", "deploy"), ("password", "s3cret"), ("name", "company")), Registry(charts));
        Write("shop", "3.0.0", $"dependencies: [{{name: web, version: ^1.0.0, repository: '@company'}}]");
        Package("shop", Path.Combine(_folder.Path, "packages"));
        Push(registry, "shop-3.0.0.tgz");

        var version = await ResolveAsync(charts, "shop", "3.x");
        var tree = await _store.OpenAsync(charts, "shop", "", version, default);
        var rendered = await RenderAsync(tree, new JsonObject { ["repoURL"] = charts, ["chart"] = "shop", ["targetRevision"] = version });

        Assert.Equal("3.0.0", version);
        Assert.Equal(["shop 3.0.0", "web 1.1.0"], rendered.Select(item => (string?)item.Json["data"]!["chart"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_registry_without_credentials_refuses_and_the_password_is_in_no_message()
    {
        using var registry = new RegistryServer();
        await registry.WaitAsync();
        var url = $"oci://{registry.Authority}/charts";
        Know(Secret("oci", url, ("username", "deploy"), ("password", "wr0ng-canary"), ("insecureOCIForceHttp", "true")));

        var refused = await Assert.ThrowsAsync<SourceException>(() => ResolveAsync(url, "shop", "*"));

        Assert.Contains("credentials", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_oci_artifact_is_followed_by_digest()
    {
        using var registry = new RegistryServer();
        await registry.WaitAsync();
        Write("shop", "3.0.0", "");
        Package("shop", Path.Combine(_folder.Path, "packages"));
        var url = $"oci://{registry.Authority}/charts/shop";
        Know(Registry(url));
        Push(registry, "shop-3.0.0.tgz");

        var digest = await _store.ResolveAsync(url, "", "", "3.0.0", DateTimeOffset.UtcNow, default);
        var tree = await _store.OpenAsync(url, "", "", digest, default);

        Assert.StartsWith("sha256:", digest, StringComparison.Ordinal);
        Assert.NotNull(await tree.TryFindAsync("Chart.yaml", default));
    }

    [Theory]
    [InlineData("web/../../etc/passwd", "")]
    [InlineData("/etc/passwd", "")]
    [InlineData("web/link", "../../outside")]
    public async Task A_hostile_package_is_refused(string path, string link)
    {
        Directory.CreateDirectory(_folder.Combine("repository"));
        var package = Pack(path, link);
        await File.WriteAllBytesAsync(_folder.Combine("repository", "evil-1.0.0.tgz"), package);
        await using var server = await FileServer.StartAsync(_folder.Combine("repository"), _certificates, "");
        _folder.Write("repository/index.yaml", "apiVersion: v1\nentries:\n  evil:\n  - {name: evil, version: 1.0.0, urls: [evil-1.0.0.tgz]}\n");
        _registry.ReplaceTrust("", new JsonObject { ["127.0.0.1"] = _certificates.AuthorityPem });

        await Assert.ThrowsAsync<SourceException>(() => _store.OpenAsync(server.Url, "evil", "", "1.0.0", default));
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
        _certificates.Dispose();
    }

    private static byte[] Pack(string path, string link)
    {
        using var packed = new MemoryStream();
        using (var compressed = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var writer = new TarWriter(compressed))
        {
            var entry = link.Length > 0 ? new PaxTarEntry(TarEntryType.SymbolicLink, path) { LinkName = link } : new PaxTarEntry(TarEntryType.RegularFile, path);
            writer.WriteEntry(entry);
        }

        return packed.ToArray();
    }

    private static KubernetesObject Registry(string url) => Secret("oci", url, ("username", RegistryServer.User), ("password", RegistryServer.Password), ("insecureOCIForceHttp", "true"));

    private static KubernetesObject Secret(string type, string url, params (string Key, string Value)[] data)
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, "argocd", TestCluster.UniqueName(type));
        secret.SetLabel("argocd.argoproj.io/secret-type", "repository");
        secret.Json["data"] = new JsonObject(data.Append(("url", url)).Append(("type", type)).Select(pair => KeyValuePair.Create(pair.Item1, (JsonNode?)Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Item2)))));
        return secret;
    }

    private static void Helm(params string[] arguments) => ExternalProgram.Run(ExternalPrograms.Helm, arguments).ShouldSucceed();

    private async Task<FileServer> HelmRepositoryAsync(params string[] versions)
    {
        foreach (var version in versions)
        {
            Write("web", version, "");
            Package("web", _folder.Combine("repository"));
        }

        Helm("repo", "index", _folder.Combine("repository"));
        var server = await FileServer.StartAsync(_folder.Combine("repository"), _certificates, GitHttpServer.Basic("deploy", "s3cret"));
        _registry.ReplaceTrust("", new JsonObject { ["127.0.0.1"] = _certificates.AuthorityPem });
        Know(Secret("helm", server.Url, ("username", "deploy"), ("password", "s3cret")));
        return server;
    }

    private void Write(string name, string version, string dependencies)
    {
        _folder.Write($"charts/{name}/Chart.yaml", $"apiVersion: v2\nname: {name}\nversion: {version}\n{dependencies}\n");
        _folder.Write($"charts/{name}/templates/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Chart.Name }}}\ndata: {chart: \"{{ .Chart.Name }} {{ .Chart.Version }}\"}\n");
    }

    // What 'helm package' makes, dependencies left for the engine to fetch.
    private void Package(string name, string target)
    {
        Directory.CreateDirectory(target);
        var chart = _folder.Combine("charts", name);
        var description = File.ReadAllText(Path.Combine(chart, "Chart.yaml"));
        var isComplete = !description.Contains("dependencies:", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(chart, "Chart.yaml"), isComplete ? description : description[..description.IndexOf("dependencies:", StringComparison.Ordinal)]);
        Helm("package", chart, "--destination", target);
        if (!isComplete)
        {
            File.WriteAllText(Path.Combine(chart, "Chart.yaml"), description);
            Repack(chart, Directory.EnumerateFiles(target, $"{name}-*.tgz").Single());
        }
    }

    private static void Repack(string chart, string package) =>
        ExternalProgram.Run(ExternalPrograms.Debian("tar"), ["-czf", package, "-C", Path.GetDirectoryName(chart)!, Path.GetFileName(chart)]).ShouldSucceed();

    private void Push(RegistryServer registry, string package)
    {
        Helm("registry", "login", registry.Authority, "--plain-http", "-u", RegistryServer.User, "-p", RegistryServer.Password, "--registry-config", _folder.Combine("login.json"));
        Helm("push", _folder.Combine("packages", package), $"oci://{registry.Authority}/charts", "--plain-http", "--registry-config", _folder.Combine("login.json"));
    }

    private void Know(params KubernetesObject[] secrets)
    {
        _registry.ReplaceSecrets(secrets);
        _store.ForgetChanged();
    }

    private Task<string> ResolveAsync(string url, string chart, string version) => _store.ResolveAsync(url, chart, "", version, DateTimeOffset.UtcNow, default);

    private async Task<IReadOnlyList<KubernetesObject>> RenderAsync(ISourceTree tree, JsonObject source)
    {
        using var nothing = new RenderedFolder();
        var request = new RenderRequest
        {
            Source = new ApplicationSource(source),
            Tree = new DecryptingTree(tree, nothing),
            Revision = "3.0.0",
            ApplicationName = "shop",
            Project = "default",
            Namespace = "prod",
            KubernetesVersion = "1.34.0",
        };
        var rendered = await new HelmRenderer(RenderedFolder.Tools, _store).RenderAsync(request, default);
        return [.. rendered.Manifests.Select(manifest => manifest.Object)];
    }
}
