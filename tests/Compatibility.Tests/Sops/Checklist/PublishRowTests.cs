using System.Text.Json.Nodes;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.Compatibility.Tests.Sops.Checklist;

/// <summary>Row 131: <c>publish</c> and its destination rules, against servers on loopback that check what arrives.</summary>
public sealed class PublishRowTests : IDisposable
{
    private readonly Workbench _bench = new();
    private readonly FakeDestinations _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public async Task Row_131_S3_gets_the_encrypted_file_in_a_signed_request()
    {
        var text = await _bench.EncryptAsync("s3/f.yaml", "a: 1\n");
        _bench.Write(".sops.yaml", "destination_rules:\n  - path_regex: ^s3/\n    s3_bucket: archive\n    s3_prefix: team a/\n");
        _bench.Variables["AWS_ENDPOINT_URL_S3"] = _server.Address;
        _bench.Variables["AWS_ACCESS_KEY_ID"] = FakeAwsKms.AccessKeyId;
        _bench.Variables["AWS_SECRET_ACCESS_KEY"] = FakeAwsKms.SecretAccessKey;
        _bench.Variables["AWS_REGION"] = "eu-west-2";

        var run = await _bench.SopsAsync("publish", "-y", "s3/f.yaml");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(text, _server.Stored["/archive/team%20a/s3/f.yaml"]);

        _bench.Variables["AWS_SECRET_ACCESS_KEY"] = "wrong";
        var refused = await _bench.SopsAsync("publish", "-y", "s3/f.yaml");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("s3://archive/team a/s3/f.yaml: the service refused with HTTP 403", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_131_Google_gets_the_file_encrypted_anew_for_the_recreation_rule()
    {
        await _bench.EncryptAsync("f.yaml", "a: 1\n");
        _bench.Write(".sops.yaml", $"destination_rules:\n  - gcs_bucket: archive\n    omit_extensions: true\n    recreation_rule:\n      age: {Workbench.Age2}\n");
        _bench.Variables["STORAGE_EMULATOR_HOST"] = _server.Address;
        _bench.Variables["GOOGLE_OAUTH_ACCESS_TOKEN"] = FakeDestinations.Token;

        var run = await _bench.SopsAsync("publish", "-y", "f.yaml");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var stored = _server.Stored["gs archive f"];
        Assert.Contains(Workbench.Age2, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(Workbench.Age1, stored, StringComparison.Ordinal);
        _bench.Write("g.yaml", stored);
        _bench.Variables["SOPS_AGE_KEY"] = SopsIdentities.With("age2.txt")["SOPS_AGE_KEY"];
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("g.yaml"));
    }

    [Fact]
    public async Task Row_131_Vault_gets_the_values_once()
    {
        await _bench.EncryptAsync("f.yaml", "a: hunter2\nm:\n    n: 5\n");
        _bench.Write(".sops.yaml", $"destination_rules:\n  - vault_path: team\n    vault_address: {_server.Address}\n    omit_extensions: true\n");
        _bench.Variables["VAULT_TOKEN"] = FakeDestinations.Token;

        var run = await _bench.SopsAsync("publish", "-y", "f.yaml");

        Assert.Equal(0, run.ExitCode);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"data":{"a":"hunter2","m":{"n":5}}}"""), JsonNode.Parse(_server.Stored["/v1/secret/data/team/f"])));
        Assert.Contains("already up-to-date", (await _bench.SopsAsync("publish", "-y", "f.yaml")).Error, StringComparison.Ordinal);
        Assert.Single(_server.Requests, request => request.Method == "POST");
        Assert.DoesNotContain("hunter2", run.Text + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_131_Nothing_is_sent_without_a_yes()
    {
        await _bench.EncryptAsync("f.yaml", "a: 1\n");
        _bench.Write(".sops.yaml", "destination_rules:\n  - gcs_bucket: archive\n");
        _bench.Variables["STORAGE_EMULATOR_HOST"] = _server.Address;
        _bench.Input = "n\n"u8.ToArray();

        var run = await _bench.SopsAsync("publish", "f.yaml");

        Assert.Equal((1, $"uploading {_bench.Path}/f.yaml to gs://archive/f.yaml ? (y/n): "), (run.ExitCode, run.Text));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Row_131_Two_destinations_in_one_rule_are_refused()
    {
        await _bench.EncryptAsync("f.yaml", "a: 1\n");
        _bench.Write(".sops.yaml", "destination_rules:\n  - s3_bucket: one\n    gcs_bucket: two\n");

        var run = await _bench.SopsAsync("publish", "-y", "f.yaml");

        Assert.Equal((1, "error loading config: more than one destinations were found in a single destination rule, you can only use one per rule\n"), (run.ExitCode, run.Error));
    }

    /// <summary>Buckets and a KV engine in one server; each request must carry what its service asks for.</summary>
    private sealed class FakeDestinations : LoopbackServer
    {
        public const string Token = "token-of-the-test";

        public Dictionary<string, string> Stored { get; } = [];

        protected override LoopbackReply Answer(LoopbackRequest request)
        {
            var text = System.Text.Encoding.UTF8.GetString(request.Body);
            if (request.Path.StartsWith("/v1/", StringComparison.Ordinal))
            {
                return request.Header("x-vault-token") == Token ? Vault(request, text) : Refuse();
            }

            var isGoogle = request.Path.StartsWith("/upload/storage/", StringComparison.Ordinal);
            if (isGoogle ? request.Header("authorization") != $"Bearer {Token}" : !FakeAwsKms.IsSigned(request, "s3", "eu-west-2"))
            {
                return Refuse();
            }

            Stored[isGoogle ? $"gs {request.Path.Split('/')[5]} {request.Query["name"]}" : request.Path] = text;
            return new LoopbackReply(200, "{}");
        }

        protected override LoopbackReply Refuse() => new(403, "{}");

        private LoopbackReply Vault(LoopbackRequest request, string text)
        {
            if (request.Method == "GET")
            {
                return Stored.TryGetValue(request.Path, out var stored) ? new LoopbackReply(200, $$"""{"data":{{stored}}}""") : new LoopbackReply(404, "{}");
            }

            Stored[request.Path] = text;
            return new LoopbackReply(200, "{}");
        }
    }
}
