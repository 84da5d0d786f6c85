using System.Text;

using Microsoft.AspNetCore.Http;

using SecretsOps.Controller.Http;
using SecretsOps.Controller.Metrics;
using SecretsOps.Controller.Options;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;
using SecretsOps.Testing.Fuzzing;

namespace SecretsOps.Controller.Tests.Http;

/// <summary>Mutated bodies of verify and rotate: one of the documented answers each. SECRETSOPS_FUZZ_ROUNDS makes it run longer, SECRETSOPS_FUZZ_SEED repeats a run.</summary>
public sealed class HttpFuzzTests
{
    private const int MaxBodyBytes = 64 * 1024;

    private readonly Mutator _mutator = new();

    [Theory]
    [InlineData("/v1/verify", new[] { 200, 409, 413, 500 })]
    [InlineData("/v1/rotate", new[] { 200, 413, 500 })]
    public async Task Every_mutated_body_gets_a_documented_answer(string path, int[] statuses)
    {
        var json = VectorKeys.Document("cases", "own-rsa2048-key", "sealed.yaml").Json;
        byte[] yaml = YamlText.FromJson(json);
        var withKey = Endpoints(new KeyRing(VectorKeys.Keys("rsa2048")));
        var withOtherKey = Endpoints(new KeyRing(VectorKeys.Keys("new")));
        var seen = new HashSet<int>();
        for (var round = 0; round < Mutator.Rounds; round++)
        {
            var body = round % 2 == 0 ? _mutator.Mutate(yaml) : Encoding.UTF8.GetBytes(_mutator.Mutate(json).ToJsonString());

            // The right key costs an RSA operation for every value that is still whole: those rounds are few.
            var (status, reply) = await PostAsync(_mutator.OnceIn(50) ? withKey : withOtherKey, path, body, round);

            Assert.True(statuses.Contains(status), $"seed {Mutator.Seed}, round {round}: {status}");
            Assert.True(status == 200 && path == "/v1/rotate" ? reply.Length > 0 : reply.Length == 0, $"seed {Mutator.Seed}, round {round}: {status} with {reply.Length} bytes");
            seen.Add(status);
        }

        Assert.Contains(500, seen);
        Assert.Contains(200, seen);
    }

    private static ApiEndpoints Endpoints(KeyRing ring)
    {
        var options = new HttpOptions { RateLimit = 0, MaxBodyBytes = MaxBodyBytes };
        var authorization = new CallerAuthorization(null);
        return new ApiEndpoints(
            new HealthEndpoints(() => null),
            new CertificateEndpoint(ring),
            new VerifyEndpoint(ring, options, new ReconcileOptions(), authorization),
            new RotateEndpoint(ring, options, authorization),
            new WebhookEndpoint(null),
            new RequestGate(options, authorization, TimeProvider.System),
            new ControllerMetrics("test"),
            TimeProvider.System,
            options.WriteTimeout);
    }

    private static async Task<(int Status, byte[] Reply)> PostAsync(ApiEndpoints endpoints, string path, byte[] body, int round)
    {
        using var reply = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.Path = path;
        context.Request.Body = new MemoryStream(body);
        context.Response.Body = reply;
        try
        {
            await endpoints.AnswerAsync(context);
        }
        catch (Exception crash)
        {
            throw new InvalidOperationException($"seed {Mutator.Seed}, round {round}: {crash.GetType().Name}", crash);
        }

        return (context.Response.StatusCode, reply.ToArray());
    }
}
