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
        Assert.Equal(text, _server.Stored["/archive/team%20a/f.yaml"]);

        _bench.Variables["AWS_SECRET_ACCESS_KEY"] = "wrong";
        var refused = await _bench.SopsAsync("publish", "-y", "s3/f.yaml");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("s3://archive/team a/f.yaml: the service refused with HTTP 403 (AccessDenied); check that the credentials may write there", refused.Error, StringComparison.Ordinal);
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
        Assert.Contains("already up-to-date", (await _bench.SopsAsync("--verbose", "publish", "-y", "f.yaml")).Error, StringComparison.Ordinal);
        Assert.Single(_server.Requests, request => request.Method == "POST");
        Assert.DoesNotContain("hunter2", run.Text + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jwt")]
    [InlineData("kubernetes")]
    [InlineData("approle")]
    public async Task Row_131_Vault_takes_a_token_from_every_login_of_the_key_services(string method)
    {
        await _bench.EncryptAsync("f.yaml", "a: hunter2\n");
        _bench.Write("jwt", FakeDestinations.Jwt);
        _bench.Write(".sops.yaml", $"destination_rules:\n  - vault_path: team\n    vault_address: {_server.Address}\n    vault_kv_mount_name: kv\n    vault_kv_version: 1\n");
        _bench.Variables["SECRETSOPS_VAULT_AUTH"] = method;
        _bench.Variables["SECRETSOPS_VAULT_ROLE"] = "publisher";
        _bench.Variables["SECRETSOPS_VAULT_JWT_FILE"] = Path.Combine(_bench.Path, "jwt");
        _bench.Variables["SECRETSOPS_VAULT_ROLE_ID"] = "publisher";
        _bench.Variables["SECRETSOPS_VAULT_SECRET_ID"] = FakeDestinations.Jwt;

        var run = await _bench.SopsAsync("publish", "-y", "f.yaml");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"a":"hunter2"}"""), JsonNode.Parse(_server.Stored["/v1/kv/team/f.yaml"])));
        Assert.Single(_server.Requests, request => request.Path == $"/v1/auth/{method}/login");
    }

    [Theory]
    [InlineData("no Vault token was found")]
    [InlineData("the service refused with HTTP 403", "VAULT_TOKEN", "wrong")]
    [InlineData("Vault refused the login at 'approle'", "SECRETSOPS_VAULT_AUTH", "approle", "SECRETSOPS_VAULT_ROLE_ID", "publisher", "SECRETSOPS_VAULT_SECRET_ID", "wrong")]
    public async Task Row_131_A_refusal_of_Vault_is_told_without_a_value(string reason, params string[] variables)
    {
        await _bench.EncryptAsync("f.yaml", "a: hunter2\n");
        _bench.Write(".sops.yaml", $"destination_rules:\n  - vault_path: team\n    vault_address: {_server.Address}\n");
        foreach (var pair in variables.Chunk(2))
        {
            _bench.Variables[pair[0]] = pair[1];
        }

        var run = await _bench.SopsAsync("publish", "-y", "f.yaml");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("could not publish f.yaml", run.Error, StringComparison.Ordinal);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
        Assert.Empty(_server.Stored);
    }

    [Fact]
    public async Task Row_131_A_folder_is_published_whole_and_only_when_asked_for()
    {
        await _bench.EncryptAsync("all/f.yaml", "a: 1\n");
        await _bench.EncryptAsync("all/sub/g.json", "{}");
        _bench.Write(".sops.yaml", "destination_rules:\n  - gcs_bucket: archive\n    gcs_prefix: p/\n");
        _bench.Variables["STORAGE_EMULATOR_HOST"] = _server.Address;
        _bench.Variables["GOOGLE_OAUTH_ACCESS_TOKEN"] = FakeDestinations.Token;

        Assert.Equal((1, "can't operate on a directory without --recursive flag.\n"), await FailedAsync("publish", "-y", "all"));
        Assert.Equal(0, (await _bench.SopsAsync("publish", "-y", "--recursive", "--omit-extensions", "all")).ExitCode);

        Assert.Equal(["gs archive p/f", "gs archive p/sub/g"], _server.Stored.Keys.Order());
    }

    [Fact]
    public async Task Row_131_What_is_missing_is_named()
    {
        Assert.Equal((1, "config file not found\n"), await FailedAsync("publish", "-y", "f.yaml"));
        _bench.Write(".sops.yaml", "destination_rules:\n  - path_regex: \\.json$\n    gcs_bucket: archive\n  - path_regex: g\n    omit_extensions: true\n");
        Assert.Equal((100, "Error: no file specified\n"), await FailedAsync("publish"));
        Assert.Equal((1, $"stat {_bench.Path}/f.yaml: no such file or directory\n"), await FailedAsync("publish", "-y", "f.yaml"));
        await _bench.EncryptAsync("f.yaml", "a: 1\n");
        await _bench.EncryptAsync("g.yaml", "a: 1\n");
        Assert.Equal((1, "error loading config: no matching destination found in config\n"), await FailedAsync("publish", "-y", "f.yaml"));
        Assert.Equal((1, "no destination configured for this file\n"), await FailedAsync("publish", "-y", "g.yaml"));
    }

    [Fact]
    public async Task Row_131_Nothing_is_sent_without_a_yes()
    {
        await _bench.EncryptAsync("f.yaml", "a: 1\n");
        _bench.Write(".sops.yaml", "destination_rules:\n  - gcs_bucket: archive\n");
        _bench.Variables["STORAGE_EMULATOR_HOST"] = _server.Address;
        _bench.Input = "n\n"u8.ToArray();

        var run = await _bench.SopsAsync("publish", "f.yaml");

        Assert.Equal((1, $"uploading {_bench.Path}/f.yaml to gcs://archive/f.yaml ? (y/n): ", $"Publication of {_bench.Path}/f.yaml canceled\n"), (run.ExitCode, run.Text, run.Error));
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

    private async Task<(int ExitCode, string Error)> FailedAsync(params IReadOnlyList<string> arguments)
    {
        var run = await _bench.SopsAsync(arguments);
        return (run.ExitCode, run.Error);
    }

    /// <summary>Buckets and a KV engine in one server; each request must carry what its service asks for.</summary>
    private sealed class FakeDestinations : LoopbackServer
    {
        public const string Token = "token-of-the-test";

        public const string Jwt = "jwt-of-the-test";

        public Dictionary<string, string> Stored { get; } = [];

        protected override LoopbackReply Answer(LoopbackRequest request)
        {
            var text = System.Text.Encoding.UTF8.GetString(request.Body);
            if (request.Path.StartsWith("/v1/auth/", StringComparison.Ordinal))
            {
                return LogIn(request);
            }

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

        protected override LoopbackReply Refuse() => new(403, "<Error><Code>AccessDenied</Code></Error>");

        private static LoopbackReply LogIn(LoopbackRequest request)
        {
            var isAllowed = (request.Json["role"]?.ToString(), request.Json["jwt"]?.ToString()) == ("publisher", Jwt)
                || (request.Json["role_id"]?.ToString(), request.Json["secret_id"]?.ToString()) == ("publisher", Jwt);
            return isAllowed ? new LoopbackReply(200, $"{{\"auth\":{{\"client_token\":\"{Token}\",\"lease_duration\":60}}}}") : new LoopbackReply(400, """{"errors":["invalid credentials"]}""");
        }

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
