using System.Text.Json.Nodes;
using SecretsOps.GitOps.Sources;
using SecretsOps.GitOps.Tests.Servers;
using SecretsOps.GitOps.Tools;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Sources;

/// <summary>Repository and repo-creds Secrets against real Git over https and ssh.</summary>
public sealed class RepositorySecretTests : IDisposable
{
    private readonly TestRepository _remote = new();
    private readonly TemporaryDirectory _cache = new();
    private readonly TestCertificates _certificates = new();
    private readonly RepositoryRegistry _registry = new();
    private readonly RepositoryStore _store;
    private readonly string _commit;

    public RepositorySecretTests()
    {
        var path = string.Join(':', new[] { ExternalPrograms.Git, ExternalPrograms.Ssh }.Select(Path.GetDirectoryName).Distinct());
        _store = new RepositoryStore(new ToolBox(path, TimeProvider.System), _cache.Path, _registry.For, TimeProvider.System);
        _commit = _remote.Commit(("a.yaml", "one"));
    }

    [Fact]
    public async Task F03_basic_authentication_over_https_with_the_servers_own_authority()
    {
        await using var server = await StartAsync();
        server.Authorization = GitHttpServer.Basic("deploy", "s3cret");
        Know(Repository(server.UrlOf(_remote), ("username", "deploy"), ("password", "s3cret")));

        Assert.Equal(_commit, await ResolveAsync(server.UrlOf(_remote)));
        Assert.NotNull(await (await _store.OpenAsync(server.UrlOf(_remote), "", _commit, default)).TryFindAsync("a.yaml", default));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("")]
    public async Task R10_files_that_Git_LFS_keeps_are_fetched_where_the_Secret_says_so(string enableLfs)
    {
        var content = string.Concat(Enumerable.Range(0, 1000).Select(number => $"# line {number}\n"));
        Assert.True(File.Exists(ExternalPrograms.Debian("git-lfs")));
        _remote.Git("lfs", "install", "--local", "--skip-smudge");
        _remote.Git("lfs", "track", "*.big");
        var commit = _remote.Commit(("large.big", content), ("small.yaml", "version: plain\n"));
        Assert.Contains("git-lfs", _remote.Git("cat-file", "-p", "HEAD:large.big"));
        Know(Repository(_remote.Url, ("enableLfs", enableLfs)));

        var tree = await _store.OpenAsync(_remote.Url, "", commit, default);
        var read = await tree.ReadAsync([(await tree.TryFindAsync("large.big", default))!, (await tree.TryFindAsync("small.yaml", default))!], default);

        Assert.Equal(enableLfs == "true", content == System.Text.Encoding.UTF8.GetString(read[0]));
        Assert.Equal("version: plain\n", System.Text.Encoding.UTF8.GetString(read[1]));
    }

    [Fact]
    public async Task R10_a_large_file_that_is_away_is_named()
    {
        Assert.True(File.Exists(ExternalPrograms.Debian("git-lfs")));
        var pointer = $"version https://git-lfs.github.com/spec/v1\noid sha256:{new string('a', 64)}\nsize 12\n";
        var commit = _remote.Commit(("lost.big", pointer));
        Know(Repository(_remote.Url, ("enableLfs", "true")));
        var tree = await _store.OpenAsync(_remote.Url, "", commit, default);

        var refused = await Assert.ThrowsAsync<SourceException>(async () => await tree.ReadAsync([(await tree.TryFindAsync("lost.big", default))!], default));

        Assert.Contains("'lost.big'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Git LFS", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F03_a_bearer_token_over_https()
    {
        await using var server = await StartAsync();
        server.Authorization = "Bearer t0ken";
        Know(Repository(server.UrlOf(_remote), ("bearerToken", "t0ken")));

        Assert.Equal(_commit, await ResolveAsync(server.UrlOf(_remote)));
    }

    [Fact]
    public async Task F03_a_client_certificate_over_https()
    {
        await using var server = await GitHttpServer.StartAsync(Path.GetDirectoryName(_remote.Path)!, _certificates, _certificates.Authority);
        _registry.ReplaceTrust("", new JsonObject { ["127.0.0.1"] = _certificates.AuthorityPem });
        Know(Repository(server.UrlOf(_remote), ("tlsClientCertData", _certificates.ClientPem), ("tlsClientCertKey", _certificates.ClientKeyPem)));
        Assert.Equal(_commit, await ResolveAsync(server.UrlOf(_remote)));

        Know();
        await Assert.ThrowsAsync<SourceException>(() => ResolveAsync(server.UrlOf(_remote)));
    }

    [Fact]
    public async Task F03_wrong_and_missing_credentials_are_refused_without_printing_them()
    {
        await using var server = await StartAsync();
        server.Authorization = GitHttpServer.Basic("deploy", "s3cret");
        Know(Repository(server.UrlOf(_remote), ("username", "deploy"), ("password", "wr0ng-canary")));
        var wrong = await Assert.ThrowsAsync<SourceException>(() => ResolveAsync(server.UrlOf(_remote)));
        Know();
        var none = await Assert.ThrowsAsync<SourceException>(() => ResolveAsync(server.UrlOf(_remote)));

        Assert.DoesNotContain("wr0ng-canary", wrong.ToString(), StringComparison.Ordinal);
        Assert.Contains(server.UrlOf(_remote), none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F03_a_proxy_is_asked_to_reach_the_server()
    {
        await using var server = await StartAsync();
        Know(Repository(server.UrlOf(_remote), ("proxy", "http://127.0.0.1:9"))); // nothing listens there

        await Assert.ThrowsAsync<SourceException>(() => ResolveAsync(server.UrlOf(_remote)));
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task F05_an_unknown_authority_is_refused_unless_the_secret_says_insecure()
    {
        await using var server = await StartAsync();
        _registry.ReplaceTrust("", []);

        await Assert.ThrowsAsync<SourceException>(() => ResolveAsync(server.UrlOf(_remote)));
        Know(Repository(server.UrlOf(_remote), ("insecure", "true")));

        Assert.Equal(_commit, await ResolveAsync(server.UrlOf(_remote)));
    }

    [Fact]
    public async Task F03_a_deploy_key_over_ssh_with_a_known_host()
    {
        using var server = new SshServer();
        await server.WaitAsync();
        _registry.ReplaceTrust(server.KnownHosts, []);
        Know(Repository(server.UrlOf(_remote), ("sshPrivateKey", server.ClientKey)));

        Assert.Equal(_commit, await ResolveAsync(server.UrlOf(_remote)));
        Assert.NotNull(await (await _store.OpenAsync(server.UrlOf(_remote), "", _commit, default)).TryFindAsync("a.yaml", default));
    }

    [Fact]
    public async Task F05_an_unknown_or_changed_host_is_refused_unless_the_secret_says_so()
    {
        using var server = new SshServer();
        await server.WaitAsync();
        foreach (var known in new[] { "", server.WrongKnownHosts })
        {
            _registry.ReplaceTrust(known, []);
            Know(Repository(server.UrlOf(_remote), ("sshPrivateKey", server.ClientKey)));
            await Assert.ThrowsAsync<SourceException>(() => ResolveAsync(server.UrlOf(_remote)));
        }

        Know(Repository(server.UrlOf(_remote), ("sshPrivateKey", server.ClientKey), ("insecureIgnoreHostKey", "true")));
        Assert.Equal(_commit, await ResolveAsync(server.UrlOf(_remote)));
    }

    [Fact]
    public async Task F04_the_longest_prefix_wins_and_a_repository_secret_wins_over_it()
    {
        await using var server = await StartAsync();
        server.Authorization = GitHttpServer.Basic("right", "x");
        var root = $"https://{server.Authority}/";
        var url = server.UrlOf(_remote);

        Know(Template("short", root, "right"), Template("long", url[..^6], "wrong"));
        await Assert.ThrowsAsync<SourceException>(() => ResolveAsync(url));

        Know(Template("short", root, "wrong"), Template("long", url[..^6], "right"));
        Assert.Equal(_commit, await ResolveAsync(url));

        Know(Template("long", root, "wrong"), Repository(url, ("username", "right"), ("password", "x")));
        Assert.Equal(_commit, await ResolveAsync(url));

        Know(Template("long", root, "right"), Repository(url)); // a Secret without credentials takes those of the template
        Assert.Equal(_commit, await ResolveAsync(url));
    }

    [Fact]
    public async Task J10_a_repository_of_one_project_is_not_opened_for_another()
    {
        await using var server = await StartAsync();
        server.Authorization = GitHttpServer.Basic("deploy", "s3cret");
        var url = server.UrlOf(_remote);
        Know(Repository(url, ("username", "deploy"), ("password", "s3cret"), ("project", "blue")));

        await (await _store.OpenAsync(url, "blue", _commit, default)).TryListAsync("", default);

        await Assert.ThrowsAsync<SourceException>(() => _store.OpenAsync(url, "red", _commit, default)); // nor out of blue's local copy
        Assert.True(_registry.IsOwn(url, "blue"));
        Assert.False(_registry.IsOwn(url, "red"));
    }

    [Fact]
    public async Task One_poll_serves_every_spelling_of_an_address()
    {
        await using var server = await StartAsync();
        var url = server.UrlOf(_remote);
        var since = DateTimeOffset.UtcNow;
        await _store.ResolveAsync(url, "", "main", "", since, default);
        var before = server.Requests;

        await _store.ResolveAsync(url[..^"/.git".Length] + "/.git/", "a", "main", "", since, default);
        await _store.ResolveAsync(url, "b", "main", "", since, default);

        Assert.Equal(before, server.Requests);
    }

    public void Dispose()
    {
        _store.Dispose();
        _remote.Dispose();
        _cache.Dispose();
        _certificates.Dispose();
    }

    private static KubernetesObject Repository(string url, params (string Key, string Value)[] data) => Secret("repository", "repository", url, data);

    private static KubernetesObject Template(string name, string url, string user) => Secret("repo-creds", name, url, ("username", user), ("password", "x"));

    private static KubernetesObject Secret(string type, string name, string url, params (string Key, string Value)[] data)
    {
        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, "argocd", name);
        secret.SetLabel("argocd.argoproj.io/secret-type", type);
        secret.Json["data"] = new JsonObject(data.Append(("url", url)).Select(pair => KeyValuePair.Create(pair.Item1, (JsonNode?)Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(pair.Item2)))));
        return secret;
    }

    private async Task<GitHttpServer> StartAsync()
    {
        var server = await GitHttpServer.StartAsync(Path.GetDirectoryName(_remote.Path)!, _certificates);
        _registry.ReplaceTrust("", new JsonObject { ["127.0.0.1"] = _certificates.AuthorityPem });
        return server;
    }

    private void Know(params KubernetesObject[] secrets)
    {
        _registry.ReplaceSecrets(secrets);
        _store.ForgetChanged(_registry.For);
    }

    private Task<string> ResolveAsync(string url) => _store.ResolveAsync(url, "", "main", "", DateTimeOffset.UtcNow, default);
}
