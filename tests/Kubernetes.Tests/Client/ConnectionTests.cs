using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Hosting;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Tests.Fakes;
using SecretsOps.Testing;

namespace SecretsOps.Kubernetes.Tests.Client;

public sealed class ConnectionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestCertificates _certificates = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _directory.Dispose();
    }

    public static TheoryData<string> KeyFormats() => ["pkcs1", "pkcs8", "sec1", "ec-with-parameters"];

    [Theory]
    [MemberData(nameof(KeyFormats))]
    public async Task A_client_certificate_identifies_the_user(string format)
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (certificate, key) = format switch
        {
            "pkcs1" => _certificates.Client("jane", rsa, rsa.ExportRSAPrivateKeyPem()),
            "pkcs8" => _certificates.Client("jane", rsa, rsa.ExportPkcs8PrivateKeyPem()),
            "sec1" => _certificates.Client("jane", curve, curve.ExportECPrivateKeyPem()),
            _ => _certificates.Client("jane", curve, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + curve.ExportECPrivateKeyPem()),
        };
        await using var server = await StartTlsAsync(_certificates.Server("127.0.0.1"), context => context.Connection.ClientCertificate?.Subject ?? "nobody");

        var answer = await AskAsync(server, user: $"{{client-certificate: {_directory.Write("me.crt", certificate)}, client-key: {_directory.Write("me.key", key)}}}");

        Assert.Equal("CN=jane", answer);
    }

    [Fact]
    public async Task Http2_is_used_where_the_server_offers_it()
    {
        await using var server = await StartTlsAsync(_certificates.Server("127.0.0.1"), context => context.Request.Protocol);

        Assert.Equal("HTTP/2", await AskAsync(server, "{}"));
    }

    [Fact]
    public async Task A_server_that_another_authority_vouches_for_is_refused()
    {
        using var others = new TestCertificates();
        await using var server = await StartTlsAsync(others.Server("127.0.0.1"), _ => "hello");

        var error = await Assert.ThrowsAsync<ApiException>(() => AskAsync(server, "{token: x}"));

        Assert.True(error.IsUnreachable);
        Assert.Contains("check certificate-authority in the kubeconfig", error.Message);
    }

    [Fact]
    public async Task A_server_with_another_name_is_refused_unless_the_name_is_given()
    {
        await using var server = await StartTlsAsync(_certificates.Server("api.internal"), _ => "hello");

        await Assert.ThrowsAsync<ApiException>(() => AskAsync(server, "{}"));
        Assert.Equal("hello", await AskAsync(server, "{}", "tls-server-name: api.internal"));
    }

    [Fact]
    public async Task Verification_can_be_switched_off()
    {
        using var others = new TestCertificates();
        await using var server = await StartTlsAsync(others.Server("elsewhere"), _ => "hello");

        Assert.Equal("hello", await AskAsync(server, "{}", "insecure-skip-tls-verify: true"));
    }

    [Fact]
    public async Task A_token_file_is_read_again_when_the_server_refuses_the_token()
    {
        var path = _directory.Write("token", "old");
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            var isFresh = context.Request.Headers.Authorization == "Bearer new";
            context.Response.StatusCode = isFresh ? 200 : 401;
            File.WriteAllText(path, "new"); // the rotation happens while the old token is in use
            return context.Response.WriteAsync("{}");
        });

        var response = await SendAsync(server, $"{{tokenFile: {path}}}");

        Assert.Equal(200, response.Status);
    }

    [Fact]
    public async Task A_credential_plugin_runs_once_and_again_after_a_refusal()
    {
        var runs = _directory.Combine("runs");
        var plugin = _directory.WriteProgram(
            "bin/plugin",
            $$$"""
            #!/bin/sh
            echo "$1 $COLOUR $KUBERNETES_EXEC_INFO" >> {{{runs}}}
            n=$(wc -l < {{{runs}}})
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-'$n'","expirationTimestamp":"2099-01-01T00:00:00Z"}}'
            """);
        var accepted = "Bearer token-1";
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization == accepted ? 200 : 401;
            return context.Response.WriteAsync("{}");
        });
        using var client = Client(
            server, "{exec: {apiVersion: client.authentication.k8s.io/v1, command: bin/plugin, args: [get], env: [{name: COLOUR, value: blue}], provideClusterInfo: true}}");

        Assert.Equal(200, (await client.SendAsync(Root, default)).Status);
        Assert.Equal(200, (await client.SendAsync(Root, default)).Status);
        Assert.Single(File.ReadAllLines(runs));
        accepted = "Bearer token-2";
        Assert.Equal(200, (await client.SendAsync(Root, default)).Status);

        var lines = File.ReadAllLines(runs);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("get blue {\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\"", lines[0]);
        Assert.Contains($"\"server\":\"{server.Uri.ToString().TrimEnd('/')}", lines[0]);
    }

    [Theory]
    [InlineData("exit 3", "exited with code 3")]
    [InlineData("echo hello", "did not print an ExecCredential with a status")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"status\":{}}'", "printed neither a token nor a client certificate")]
    public async Task A_failing_credential_plugin_is_explained(string script, string expected)
    {
        var plugin = _directory.WriteProgram("plugin", $"#!/bin/sh\n{script}\n");
        await using var server = await ScriptedServer.StartAsync(context => context.Response.WriteAsync("{}"));

        var error = await Assert.ThrowsAsync<KubeconfigException>(
            () => SendAsync(server, $"{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: {plugin}}}}}"));

        Assert.Equal($"{_directory.Combine("config")}: user 'me': credential plugin '{plugin}' {expected}", error.Message);
    }

    [Fact]
    public void A_missing_credential_plugin_shows_its_install_hint()
    {
        var config = Config(new Uri("https://x"), "{exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, installHint: install it from here}}");

        var error = Assert.Throws<KubeconfigException>(() => Kubeconfig.Load(new KubeconfigOptions { Path = config }));

        Assert.EndsWith("credential plugin 'no-such-plugin' was not found in PATH; install it from here", error.Message);
    }

    [Fact]
    public async Task Impersonation_travels_in_headers()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.Response.WriteAsync(string.Join(
            ' ',
            context.Request.Headers["Impersonate-User"],
            string.Join(',', context.Request.Headers["Impersonate-Group"].ToArray()),
            context.Request.Headers["Impersonate-Uid"],
            context.Request.Headers["Impersonate-Extra-reason"])));

        var answer = await AskAsync(server, "{token: x, as: jane, as-uid: u1, as-groups: [ops, dev], as-user-extra: {reason: [audit]}}");

        Assert.Equal("jane ops,dev u1 audit", answer);
    }

    [Fact]
    public async Task A_proxy_is_used_when_one_is_named()
    {
        await using var proxy = await ScriptedServer.StartAsync(context => context.Response.WriteAsync($"through the proxy to {context.Request.Host}"));
        var connection = new ClusterConnection { Server = new Uri("http://cluster.example"), Proxy = proxy.Uri };
        using var client = new ApiClient(connection);

        var response = await client.SendAsync(Root, default);

        Assert.Equal("through the proxy to cluster.example", System.Text.Encoding.UTF8.GetString(response.Body));
    }

    [Fact]
    public async Task A_request_ends_at_its_timeout()
    {
        await using var server = await ScriptedServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var client = new ApiClient(new ClusterConnection { Server = server.Uri, RequestTimeout = TimeSpan.FromMilliseconds(200) });

        var error = await Assert.ThrowsAsync<ApiException>(() => client.SendAsync(Root, default));

        Assert.Contains("no answer within 0.2 s", error.Message);
    }

    /// <summary>What .NET throws then depends on the moment; callers that retry know one exception.</summary>
    [Fact]
    public async Task A_server_that_hangs_up_as_soon_as_it_is_reached_is_unreachable_at_every_attempt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            while (true)
            {
                using var caller = await listener.AcceptSocketAsync();
                caller.LingerState = new LingerOption(true, 0); // a reset, not an end
            }
        });
        using var client = new ApiClient(new ClusterConnection { Server = new Uri($"http://{listener.LocalEndpoint}") });

        for (var attempt = 0; attempt < 1000; attempt++)
        {
            Assert.True((await Assert.ThrowsAsync<ApiException>(() => client.SendAsync(Root, default))).IsUnreachable);
        }

        listener.Dispose();
        await serving.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
    }

    private static readonly ApiRequest Root = new() { Method = HttpMethod.Get, Path = "/", Description = "ask" };

    private static async Task<ScriptedServer> StartTlsAsync(X509Certificate2 certificate, Func<HttpContext, string> answer)
    {
        return await ScriptedServer.StartAsync(
            context => context.Response.WriteAsync(answer(context)),
            listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (_, _, _) => true;
            }));
    }

    private async Task<string> AskAsync(ScriptedServer server, string user, string cluster = "") =>
        System.Text.Encoding.UTF8.GetString((await SendAsync(server, user, cluster)).Body);

    private async Task<ApiResponse> SendAsync(ScriptedServer server, string user, string cluster = "")
    {
        using var client = Client(server, user, cluster);
        return await client.SendAsync(Root, default);
    }

    private ApiClient Client(ScriptedServer server, string user, string cluster = "") =>
        new(Kubeconfig.Load(new KubeconfigOptions { Path = Config(server.Uri, user, cluster) }));

    private string Config(Uri server, string user, string cluster = "")
    {
        var authority = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_certificates.Authority.ExportCertificatePem()));
        var trust = cluster.StartsWith("insecure", StringComparison.Ordinal) ? cluster : $"certificate-authority-data: {authority}\n    {cluster}";
        return _directory.Write("config", $"""
            current-context: c
            contexts:
            - name: c
              context: {"{cluster: c, user: me}"}
            clusters:
            - name: c
              cluster:
                server: {server.ToString().TrimEnd('/')}
                {trust}
            users:
            - name: me
              user: {user}
            """);
    }
}
