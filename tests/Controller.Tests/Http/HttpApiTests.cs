using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

using Microsoft.Extensions.Time.Testing;

using SecretsOps.Controller.Http;
using SecretsOps.Controller.Metrics;
using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.Http;

public sealed class HttpApiTests : IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly KeyRing _ring = new(VectorKeys.Keys("old", "new", "rsa2048"));
    private readonly ControllerMetrics _metrics = new("test");
    private readonly HttpClient _client = new();
    private ControllerHttpServer _server = null!;
    private string? _whyNotReady;

    public async Task InitializeAsync()
    {
        var options = new HttpOptions { ListenAddress = "127.0.0.1:0", MetricsListenAddress = "127.0.0.1:0", MaxBodyBytes = 1024 * 1024 };
        var authorization = new CallerAuthorization(null);
        var endpoints = new ApiEndpoints(
            new HealthEndpoints(() => _whyNotReady),
            new CertificateEndpoint(_ring),
            new VerifyEndpoint(_ring, options, new ReconcileOptions(), authorization),
            new RotateEndpoint(_ring, options, authorization),
            new WebhookEndpoint(null),
            new RequestGate(options, authorization, _time),
            _metrics,
            _time,
            options.WriteTimeout);
        _server = await ControllerHttpServer.StartAsync(options, endpoints.AnswerAsync, new MetricsEndpoints(_metrics, () => new JsonArray()).AnswerAsync, CancellationToken.None);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task HTTP_1_healthz_says_ok()
    {
        using var reply = await _client.GetAsync(new Uri(_server.Api, "/healthz"));

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("ok\n", await reply.Content.ReadAsStringAsync());
        Assert.Equal("text/plain", reply.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task HTTP_2_readyz_is_503_until_ready()
    {
        _whyNotReady = "SealedSecrets are not listed yet";
        using var before = await _client.GetAsync(new Uri(_server.Api, "/readyz"));
        _whyNotReady = null;
        using var after = await _client.GetAsync(new Uri(_server.Api, "/readyz"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (before.StatusCode, after.StatusCode));
        Assert.StartsWith("not ready\n", await before.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HTTP_3_the_certificate_is_the_newest_keys_and_follows_a_renewal()
    {
        var active = _ring.Active!;
        using var reply = await _client.GetAsync(new Uri(_server.Api, "/v1/cert.pem"));
        _ring.Remove(active.Source);
        var next = await _client.GetStringAsync(new Uri(_server.Api, "/v1/cert.pem"));

        Assert.Equal("application/x-pem-file", reply.Content.Headers.ContentType?.MediaType);
        Assert.Equal(active.Certificate.Pem.ToArray(), await reply.Content.ReadAsByteArrayAsync());
        Assert.Equal(Encoding.UTF8.GetString(_ring.Active!.Certificate.Pem.Span), next);
        Assert.NotEqual(active.Fingerprint, SealingCertificate.Parse(VectorKeys.Utf8(next)).Fingerprint);
    }

    [Fact]
    public async Task HTTP_4_verify_is_200_for_openable_409_for_not_and_500_for_garbage()
    {
        using var good = await PostAsync("/v1/verify", VectorKeys.Document("cases", "strict-yaml", "sealed.yaml").ToUtf8Json());
        using var bad = await PostAsync("/v1/verify", VectorKeys.Document("cases", "bad-foreign-key", "sealed.yaml").ToUtf8Json());
        using var garbage = await PostAsync("/v1/verify", "no object"u8.ToArray());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.InternalServerError), (good.StatusCode, bad.StatusCode, garbage.StatusCode));
        Assert.All([good, bad, garbage], reply => Assert.Equal(0, reply.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task HTTP_5_verify_takes_YAML_but_not_two_documents()
    {
        var one = await File.ReadAllBytesAsync(VectorKeys.File("cases", "strict-yaml", "sealed.yaml"));
        var two = await File.ReadAllBytesAsync(VectorKeys.File("cases", "multi-doc", "sealed.yaml"));

        using var single = await PostAsync("/v1/verify", one);
        using var several = await PostAsync("/v1/verify", two);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.InternalServerError), (single.StatusCode, several.StatusCode));
    }

    [Fact]
    public async Task HTTP_6_verify_ignores_a_template_that_fails()
    {
        var sealedSecret = VectorKeys.Document("cases", "strict-yaml", "sealed.yaml");
        sealedSecret.Json["spec"]!["template"]!["data"] = new JsonObject { ["boom"] = "{{ fail \"no\" }}" };

        using var reply = await PostAsync("/v1/verify", sealedSecret.ToUtf8Json());

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Fact]
    public async Task HTTP_7_rotate_seals_with_the_active_key_and_keeps_the_scope()
    {
        using var reply = await PostAsync("/v1/rotate", VectorKeys.Document("cases", "old-key-cluster-wide", "sealed.json").ToUtf8Json());

        var rotated = KubernetesObject.Parse(await reply.Content.ReadAsByteArrayAsync());
        using var opened = Unsealer.Unseal(new SealedSecret(rotated), _ring, UnsealOptions.Default, CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.True(opened.IsSuccess);
        Assert.Equal([_ring.Active!.Fingerprint], opened.SealedWith);
        Assert.Equal("true", rotated.Annotation(SealedSecretAnnotations.ClusterWide));
    }

    [Fact]
    public async Task HTTP_8_a_template_annotation_cannot_widen_the_scope()
    {
        var sealedSecret = VectorKeys.Document("cases", "sealed-with-old-key", "sealed.yaml");
        sealedSecret.Json["spec"]!["template"]!["metadata"]!["annotations"] = new JsonObject { [SealedSecretAnnotations.ClusterWide] = "true" };

        using var reply = await PostAsync("/v1/rotate", sealedSecret.ToUtf8Json());

        var rotated = KubernetesObject.Parse(await reply.Content.ReadAsByteArrayAsync());
        rotated.Name = "stolen";
        rotated.SetAnnotation(SealedSecretAnnotations.ClusterWide, "true");
        using var opened = Unsealer.Unseal(new SealedSecret(rotated), _ring, UnsealOptions.Default, CancellationToken.None);
        Assert.False(opened.IsSuccess);
    }

    [Fact]
    public async Task HTTP_9_rotate_answers_every_guess_in_a_template_alike()
    {
        var replies = new List<string>();
        foreach (var guess in new[] { "{{ if eq .a \"right\" }}{{ fail \"x\" }}{{ end }}", "{{ fail \"x\" }}", "plain" })
        {
            var sealedSecret = VectorKeys.Document("cases", "sealed-with-old-key", "sealed.yaml");
            sealedSecret.Json["spec"]!["template"]!["data"] = new JsonObject { ["guess"] = guess };
            using var reply = await PostAsync("/v1/rotate", sealedSecret.ToUtf8Json());
            var json = JsonNode.Parse(await reply.Content.ReadAsStringAsync())!;
            replies.Add($"{reply.StatusCode} {string.Join(",", ((JsonObject)json["spec"]!["encryptedData"]!).Select(item => item.Key))} {json["spec"]!["template"]!["data"]!["guess"] is not null}");
        }

        Assert.Single(replies.Distinct());
    }

    [Fact]
    public async Task HTTP_10_rotate_leaves_out_what_only_the_cluster_knows()
    {
        var sealedSecret = VectorKeys.Document("cases", "sealed-with-old-key", "sealed.yaml");
        sealedSecret.Metadata["uid"] = "1234";
        sealedSecret.Metadata["resourceVersion"] = "9";
        sealedSecret.Metadata["managedFields"] = new JsonArray();
        sealedSecret.Json["status"] = new JsonObject { ["observedGeneration"] = 1 };

        using var reply = await PostAsync("/v1/rotate", sealedSecret.ToUtf8Json());

        var rotated = KubernetesObject.Parse(await reply.Content.ReadAsByteArrayAsync());
        Assert.Equal(["name", "namespace"], rotated.Metadata.Select(field => field.Key).Order());
        Assert.Null(rotated.Json["status"]);
        Assert.Equal("application/json", reply.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task HTTP_11_three_requests_pass_then_429_with_headers_and_body()
    {
        var body = VectorKeys.Document("cases", "own-rsa2048-key", "sealed.yaml").ToUtf8Json();
        for (var i = 0; i < 3; i++)
        {
            using var passed = await SendAsync("/v1/verify", body, "10.1.2.3");
            Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
        }

        using var limited = await SendAsync("/v1/verify", body, "10.1.2.3");

        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.Equal("limit exceeded", (await limited.Content.ReadAsStringAsync()).Trim());
        Assert.Equal(("3", "0", "1"), (Header(limited, "X-RateLimit-Limit"), Header(limited, "X-RateLimit-Remaining"), Header(limited, "Retry-After")));
        Assert.Contains("path=\"/v1/verify\",code=\"429\"", _metrics.Expose(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HTTP_12_paths_and_callers_are_counted_apart_but_invented_callers_do_not_help_for_ever()
    {
        var body = "x"u8.ToArray();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 200; i++)
        {
            using var reply = await SendAsync("/v1/verify", body, $"invented-{i}");
            statuses.Add(reply.StatusCode);
        }

        Assert.Equal(HttpStatusCode.InternalServerError, statuses[10]);
        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
    }

    [Fact]
    public async Task WF_15_a_truncated_value_is_409_and_no_crash()
    {
        using var reply = await PostAsync("/v1/verify", VectorKeys.Document("cases", "bad-truncated-mid-rsa", "sealed.yaml").ToUtf8Json());

        Assert.Equal(HttpStatusCode.Conflict, reply.StatusCode);
    }

    [Fact]
    public async Task A_body_that_never_ends_is_cut_off_after_the_time_limit()
    {
        using var caller = new System.Net.Sockets.TcpClient();
        await caller.ConnectAsync(_server.Api.Host, _server.Api.Port);
        await caller.GetStream().WriteAsync("POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());
        var end = ReadToEndAsync(caller.GetStream());

        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMinutes(2));
                return Task.FromResult(end.IsCompleted);
            },
            "the request is over");

        Assert.Equal(0, await end);
        using var next = await _client.GetAsync(new Uri(_server.Api, "/healthz"));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        using var reply = await PostAsync("/v1/verify", new byte[2 * 1024 * 1024]);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
    }

    [Fact]
    public async Task Other_paths_are_404_on_both_listeners()
    {
        using var api = await _client.GetAsync(new Uri(_server.Api, "/metrics"));
        using var metrics = await _client.GetAsync(new Uri(_server.Metrics, "/v1/cert.pem"));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (api.StatusCode, metrics.StatusCode));
    }

    [Fact]
    public async Task MET_1_metrics_are_served_on_their_own_listener()
    {
        using var reply = await _client.GetAsync(new Uri(_server.Metrics, "/metrics"));

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", reply.Content.Headers.ContentType?.ToString());
        Assert.Contains("sealed_secrets_controller_unseal_requests_total 0\n", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostAsync(string path, byte[] body) => SendAsync(path, body, Guid.NewGuid().ToString());

    private async Task<HttpResponseMessage> SendAsync(string path, byte[] body, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Api, path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        return await _client.SendAsync(request);
    }

    private static string Header(HttpResponseMessage reply, string name) => reply.Headers.GetValues(name).Single();

    // How many bytes came before the connection was closed or reset.
    private static async Task<int> ReadToEndAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[16]);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
