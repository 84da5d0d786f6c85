using SecretsOps.Kubernetes.Client;
using SecretsOps.Testing;

namespace SecretsOps.Kubernetes.Tests.Client;

public sealed class KubeconfigTests : IDisposable
{
    private const string Two = """
        apiVersion: v1
        kind: Config
        current-context: dev
        clusters:
        - name: dev
          cluster: {server: "https://dev.example:6443", insecure-skip-tls-verify: true, tls-server-name: api}
        - name: prod
          cluster: {server: "https://prod.example/prefix", proxy-url: "socks5://proxy:1080"}
        contexts:
        - name: dev
          context: {cluster: dev, user: me, namespace: shop}
        - name: prod
          context: {cluster: prod, user: me}
        - name: broken
          context: {cluster: gone, user: me}
        users:
        - name: me
          user: {token: t0ken}
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_current_context_selects_cluster_user_and_namespace()
    {
        var connection = Load(Two, new());

        Assert.Equal("https://dev.example:6443/", connection.Server.ToString());
        Assert.Equal("shop", connection.Namespace);
        Assert.True(connection.InsecureSkipTlsVerify);
        Assert.Equal("api", connection.TlsServerName);
        Assert.Equal("bearer token", connection.Credentials!.ToString());
    }

    [Fact]
    public void Flags_come_before_the_file()
    {
        var connection = Load(Two, new KubeconfigOptions
        {
            Context = "prod",
            Namespace = "ns/other",
            ProxyUrl = "http://proxy:3128",
            As = "jane",
            AsUid = "u1",
            AsGroups = ["ops", "dev"],
            RequestTimeout = TimeSpan.FromSeconds(7),
            UserName = "joe",
            Password = "secret",
        });

        Assert.Equal("https://prod.example/prefix", connection.Server.ToString());
        Assert.Equal("other", connection.Namespace);
        Assert.Equal("http://proxy:3128/", connection.Proxy!.ToString());
        Assert.Equal(["ops", "dev"], connection.Impersonation!.Groups);
        Assert.Equal("jane u1", $"{connection.Impersonation.UserName} {connection.Impersonation.Uid}");
        Assert.Equal(TimeSpan.FromSeconds(7), connection.RequestTimeout);
        Assert.Equal("basic credentials of 'joe'", connection.Credentials!.ToString());
    }

    [Fact]
    public void A_server_flag_forgets_the_tls_name_of_the_file() =>
        Assert.Equal("", Load(Two, new KubeconfigOptions { Server = "https://other" }).TlsServerName);

    [Fact]
    public void Of_several_files_the_first_to_name_something_wins()
    {
        var first = _directory.Write("first", "contexts:\n- name: dev\n  context: {cluster: prod, user: me}\n");
        var second = _directory.Write("second", Two);
        var missing = _directory.Combine("missing");

        var connection = Kubeconfig.Load(new KubeconfigOptions { KubeconfigVariable = string.Join(Path.PathSeparator, missing, first, second) });

        Assert.Equal("https://prod.example/prefix", connection.Server.ToString());
    }

    [Fact]
    public void The_home_directory_is_looked_at_last()
    {
        _directory.Write(".kube/config", Two);

        Assert.Equal("shop", Kubeconfig.Load(new KubeconfigOptions { HomeDirectory = _directory.Path }).Namespace);
        Assert.Equal("shop", Kubeconfig.NamespaceOf(new KubeconfigOptions { HomeDirectory = _directory.Path }));
    }

    [Theory]
    [InlineData("nope", "context 'nope' does not exist; known are broken, dev, prod")]
    [InlineData("broken", "cluster 'gone' (named by context 'broken') does not exist; known are dev, prod")]
    public void A_wrong_name_is_answered_with_the_known_ones(string context, string expected)
    {
        var error = Assert.Throws<KubeconfigException>(() => Load(Two, new KubeconfigOptions { Context = context }));

        Assert.Equal($"{_directory.Combine("config")}: {expected}", error.Message);
    }

    [Theory]
    [InlineData("users: [", "did not find expected")]
    [InlineData("[]", "expected a kubeconfig")]
    [InlineData("current-context: x", "context 'x' does not exist")]
    [InlineData("{}", "no cluster is selected; set current-context or pass --context")]
    public void A_broken_file_is_named(string text, string expected)
    {
        var error = Assert.Throws<KubeconfigException>(() => Load(text, new()));

        Assert.StartsWith(_directory.Combine("config"), error.Message);
        Assert.Contains(expected, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_missing_file_given_by_flag_is_an_error()
    {
        var error = Assert.Throws<KubeconfigException>(() => Kubeconfig.Load(new KubeconfigOptions { Path = _directory.Combine("nope") }));

        Assert.Contains("cannot read the kubeconfig", error.Message);
    }

    [Fact]
    public void Without_any_configuration_the_remedy_is_named()
    {
        var error = Assert.Throws<KubeconfigException>(() => Kubeconfig.Load(new KubeconfigOptions()));

        Assert.Equal("no cluster is configured; set KUBECONFIG, pass --kubeconfig, or run inside a Pod", error.Message);
    }

    [Fact]
    public void An_unreadable_certificate_names_file_and_user()
    {
        var text = Two.Replace("{token: t0ken}", "{client-certificate: certs/me.crt, client-key: certs/me.key}");

        var error = Assert.Throws<KubeconfigException>(() => Load(text, new()));

        Assert.Contains($"{_directory.Combine("config")}: user 'me': cannot read 'client-certificate' from '{_directory.Combine("certs", "me.crt")}'", error.Message);
    }

    [Fact]
    public void A_pod_uses_its_service_account()
    {
        using var certificates = new Fakes.TestCertificates();
        _directory.Write("ca.crt", certificates.Authority.ExportCertificatePem());
        _directory.Write("token", "pod-token");
        _directory.Write("namespace", "kube-system\n");
        var environment = new Dictionary<string, string> { ["KUBERNETES_SERVICE_HOST"] = "fd00::1", ["KUBERNETES_SERVICE_PORT"] = "443" };

        var connection = Kubeconfig.Load(new KubeconfigOptions
        {
            ServiceAccountDirectory = _directory.Path,
            EnvironmentVariable = environment.GetValueOrDefault,
        });

        Assert.Equal("https://[fd00::1]/", connection.Server.ToString());
        Assert.Equal("kube-system", connection.Namespace);
        Assert.Single(connection.CertificateAuthorities!);
        Assert.StartsWith("token file", connection.Credentials!.ToString());
    }

    private ClusterConnection Load(string text, KubeconfigOptions options) =>
        Kubeconfig.Load(options with { Path = _directory.Write("config", text) });
}
