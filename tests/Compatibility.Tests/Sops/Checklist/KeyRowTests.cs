using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.Compatibility.Tests.Sops.Checklist;

/// <summary>Rows 98 to 122 at the command line; what the wire looks like is tested in tests/KeyManagement.Tests.</summary>
public sealed class KeyRowTests : IDisposable
{
    private const string PgpFingerprint = "AD3990B9D4711E92B5BE684EECBEBDCEF33AA94C";

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("ssh_ed25519")]
    [InlineData("ssh_rsa")]
    public async Task Row_098_SSH_keys_wrap_and_unwrap(string key)
    {
        Take(SopsIdentities.With(key));
        var recipient = string.Join(' ', File.ReadAllText(Path.Combine(SopsVectors.Root, "keys", key + ".pub")).Split(' ').Take(2)).Trim();
        Assert.Contains("a: ENC", await EncryptForAsync("--age", recipient), StringComparison.Ordinal);
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_099_Post_quantum_keys_wrap_and_unwrap()
    {
        Take(SopsIdentities.With("age-pq.txt"));
        var recipient = Regex.Match(File.ReadAllText(Path.Combine(SopsVectors.Root, "keys", "fingerprints.json")), "age1pq1[a-z0-9]+").Value;
        Assert.Contains($"recipient: {recipient}", await EncryptForAsync("--age", recipient), StringComparison.Ordinal);
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_101_Several_identities_stand_in_one_variable_and_comments_in_a_file()
    {
        await EncryptForAsync("--age", Workbench.Age2);
        var (first, second) = (Identity("age1.txt"), Identity("age2.txt"));
        _bench.Variables["SOPS_AGE_KEY"] = $"{first} {second}";
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
        _bench.Variables.Remove("SOPS_AGE_KEY");
        _bench.Variables["SOPS_AGE_KEY_FILE"] = _bench.Write("keys.txt", $"# comment\n{first}\n\n{second}\n");
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_102_The_key_file_and_the_keys_of_the_user_are_both_read()
    {
        await EncryptForAsync("--age", Workbench.Age2);
        _bench.Variables.Remove("SOPS_AGE_KEY");
        _bench.Variables["SOPS_AGE_KEY_FILE"] = _bench.Write("foreign.txt", Identity("age1.txt"));
        _bench.Variables["XDG_CONFIG_HOME"] = _bench.Path;
        _bench.Write("sops/age/keys.txt", Identity("age2.txt"));
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_103_A_command_gives_the_key_for_the_recipient_without_a_shell()
    {
        await EncryptForAsync("--age", Workbench.Age1);
        _bench.Write("key", _bench.Variables["SOPS_AGE_KEY"]);
        _bench.Write("tell.sh", $"printf %s \"$SOPS_AGE_RECIPIENT $1\" > {_bench.Path}/asked\ncat {_bench.Path}/key\n");
        _bench.Variables.Remove("SOPS_AGE_KEY");
        _bench.Variables["SOPS_AGE_KEY_CMD"] = $"sh {_bench.Path}/tell.sh '$HOME;x'";
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
        Assert.Equal($"{Workbench.Age1} $HOME;x", _bench.Text("asked"));
    }

    [Theory]
    [InlineData("SOPS_AGE_SSH_PRIVATE_KEY_FILE")]
    [InlineData("SOPS_AGE_SSH_PRIVATE_KEY_CMD")]
    [InlineData("HOME")]
    public async Task Row_104_Each_source_of_an_SSH_key_is_enough(string source)
    {
        var key = Path.Combine(SopsVectors.Root, "keys", "ssh_ed25519");
        await EncryptForAsync("--age", string.Join(' ', File.ReadAllText(key + ".pub").Split(' ').Take(2)).Trim());
        _bench.Variables.Remove("SOPS_AGE_KEY");
        _bench.Write(".ssh/id_ed25519", File.ReadAllText(key));
        _bench.Variables[source] = source switch { "HOME" => _bench.Path, "SOPS_AGE_SSH_PRIVATE_KEY_CMD" => $"cat {key}", _ => key };
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_105_An_unknown_recipient_is_refused()
    {
        _bench.Write("f.yaml", "a: 1\n");
        var run = await _bench.SopsAsync("encrypt", "--age", "foo", "f.yaml");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("unknown recipient type", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_107_Each_recipient_has_an_entry_with_one_stanza()
    {
        var text = await EncryptForAsync("--age", $"{Workbench.Age1},{Workbench.Age2},{Workbench.Age3}");
        var armors = Regex.Matches(text, "-----BEGIN AGE ENCRYPTED FILE-----(.*?)-----END", RegexOptions.Singleline);
        Assert.Equal(3, armors.Count);
        Assert.All(armors, armor =>
        {
            var header = System.Text.Encoding.Latin1.GetString(Convert.FromBase64String(Regex.Replace(armor.Groups[1].Value, @"\s", "")));
            Assert.Equal(1, Regex.Count(header, "^-> ", RegexOptions.Multiline));
        });
    }

    [Theory]
    [InlineData("pgp1.asc", PgpFingerprint)]
    [InlineData("pgp2.asc", "5B080BC1C3CC757388007FAD575A52C0F3E02D59")]
    public async Task Row_109_Keys_of_RSA_and_of_curves_decrypt(string key, string fingerprint)
    {
        Take(SopsIdentities.With(key));
        await EncryptForAsync("--pgp", fingerprint);
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_111_A_fingerprint_may_be_written_with_spaces()
    {
        Take(SopsIdentities.With("pgp1.asc"));
        var text = await EncryptForAsync("--pgp", Regex.Replace(PgpFingerprint, ".{4}", "$0 ").Trim());
        Assert.Contains($"fp: {PgpFingerprint}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_112_and_113_KMS_gets_the_data_key_with_its_context_and_the_file_keeps_the_context()
    {
        using var service = new FakeAwsKms();
        Use(service);
        var text = await EncryptForAsync("--kms", FakeAwsKms.Arn, "--encryption-context", "App:shop,Role:web");
        var request = Assert.Single(service.Requests).Json;
        Assert.Equal(FakeAwsKms.Arn, (string?)request["KeyId"]);
        Assert.Equal(32, Convert.FromBase64String((string)request["Plaintext"]!).Length);
        Assert.Equal("shop", (string?)request["EncryptionContext"]!["App"]);
        Assert.Contains("            App: shop\n            Role: web\n", text, StringComparison.Ordinal);
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_114_A_role_is_split_from_the_ARN_and_an_ARN_that_is_none_is_refused()
    {
        using var service = new FakeAwsKms();
        Use(service);
        var text = await EncryptForAsync("--kms", $"{FakeAwsKms.Arn}+arn:aws:iam::111122223333:role/decrypt");
        Assert.Contains("role: arn:aws:iam::111122223333:role/decrypt\n", text, StringComparison.Ordinal);
        Assert.Contains(service.Requests, request => request.Method == "POST" && request.Header("x-amz-target").Length == 0);
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
        _bench.Write("g.yaml", "a: 1\n");
        Assert.NotEqual(0, (await _bench.SopsAsync("encrypt", "--kms", "arn:aws:s3:::bucket", "g.yaml")).ExitCode);
    }

    [Fact]
    public async Task Row_115_GCP_is_asked_at_the_path_of_the_key()
    {
        using var service = new FakeGcpKms();
        await WrapAndUnwrapAsync(service, "--gcp-kms", "gcp_kms:", $"resource_id: {service.Key.Identity}");
        Assert.Contains(service.Requests, request => request.Path.EndsWith($"{service.Key.Identity}:encrypt", StringComparison.Ordinal));
        Assert.Contains(service.Requests, request => request.Path.EndsWith($"{service.Key.Identity}:decrypt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Row_116_Azure_wraps_with_RSA_OAEP_256_under_the_version_of_the_key()
    {
        using var service = new FakeAzureKeyVault();
        await WrapAndUnwrapAsync(service, "--azure-kv", "azure_kv:", "version: v1");
        Assert.Contains(service.Requests, request => System.Text.Encoding.UTF8.GetString(request.Body).Contains("RSA-OAEP-256", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Row_117_Vault_is_asked_at_engine_and_key_with_token_and_namespace()
    {
        using var service = new FakeVault();
        await WrapAndUnwrapAsync(service, "--hc-vault-transit", "hc_vault:", "engine_path: team/transit");
        Assert.Equal(["/v1/team/transit/encrypt/sops", "/v1/team/transit/decrypt/sops"], service.Requests.Select(request => request.Path));
        Assert.All(service.Requests, request => Assert.Equal((FakeVault.Token, "team/a"), (request.Header("x-vault-token"), request.Header("x-vault-namespace"))));
    }

    [Fact]
    public async Task Row_118_A_Vault_that_is_not_allowed_gets_no_token()
    {
        using var service = new FakeVault();
        Use(service);
        await EncryptForAsync("--hc-vault-transit", service.Key.Identity);
        var before = service.Requests.Count;
        _bench.Variables["SOPS_HC_VAULT_ALLOWLIST"] = "none";
        var run = await _bench.SopsAsync("decrypt", "f.yaml");
        Assert.Equal((128, before), (run.ExitCode, service.Requests.Count));
        Assert.Contains("SOPS_HC_VAULT_ALLOWLIST", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_119_Huawei_keys_are_named_by_region_and_id()
    {
        using var service = new FakeHuaweiKms();
        await WrapAndUnwrapAsync(service, "--hckms", "hckms:", $"key_id: {service.Key.Identity}");
    }

    [Theory]
    [InlineData("acs_kms")]
    [InlineData("alibaba_kms")]
    public async Task Row_120_Alibaba_keys_are_read_under_both_names_and_written_under_one(string name)
    {
        using var service = new FakeAlibabaKms("3.0");
        Use(service);
        _bench.Write(".sops.yaml", $"creation_rules:\n  - {name}: {FakeAlibabaKms.Arn}\n    age: {Workbench.Age1}\n");
        _bench.Write("f.yaml", "a: 1\n");
        Assert.Equal(0, (await _bench.SopsAsync("encrypt", "-i", "f.yaml")).ExitCode);
        Assert.Contains("    acs_kms:\n", _bench.Text("f.yaml"), StringComparison.Ordinal);
        _bench.Variables.Remove("SOPS_AGE_KEY");
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
    }

    [Fact]
    public async Task Row_122_Without_the_local_service_local_keys_are_not_touched()
    {
        await EncryptForAsync("--age", Workbench.Age1);
        var run = await _bench.SopsAsync("decrypt", "--enable-local-keyservice=false", "f.yaml");
        Assert.Equal(128, run.ExitCode);
    }

    [Fact]
    public async Task Row_121_A_key_service_that_never_answers_ends_with_its_address_and_the_remedy()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await EncryptForAsync("--age", Workbench.Age1);
        _bench.Variables["SECRETSOPS_KEYSERVICE_TIMEOUT"] = "1";

        var run = await _bench.SopsAsync("decrypt", "--enable-local-keyservice=false", "--keyservice", $"tcp://{silent.LocalEndpoint}", "f.yaml");

        Assert.Equal((128, ""), (run.ExitCode, run.Text));
        var words = Regex.Replace(run.Error, @"[\s|]+", " ");
        Assert.Contains($"the key service tcp://{silent.LocalEndpoint} did not answer within 1 seconds (check that it runs and asks nobody; SECRETSOPS_KEYSERVICE_TIMEOUT gives it more seconds)", words, StringComparison.Ordinal);
    }

    private static string Identity(string file) => Regex.Match(File.ReadAllText(Path.Combine(SopsVectors.Root, "keys", file)), "AGE-SECRET-KEY-1[A-Z0-9]+").Value;

    private async Task<string> EncryptForAsync(params string[] keys)
    {
        _bench.Write("f.yaml", "a: 1\n");
        var run = await _bench.SopsAsync(["encrypt", "-i", .. keys, "f.yaml"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return _bench.Text("f.yaml");
    }

    private async Task WrapAndUnwrapAsync(FakeKeyService service, string option, params string[] written)
    {
        Use(service);
        var text = await EncryptForAsync(option, service.Key.Identity);
        Assert.All(written, part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.Equal("a: 1\n", await _bench.DecryptAsync("f.yaml"));
        Assert.All(service.Secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    private void Use(FakeKeyService service)
    {
        using var environment = new TestEnvironment();
        service.Configure(environment);
        foreach (var (name, value) in environment.Variables.Where(variable => variable.Key is not ("HOME" or "PATH")))
        {
            _bench.Variables[name] = value;
        }
    }

    private void Take(Dictionary<string, string> variables)
    {
        _bench.Variables.Remove("SOPS_AGE_KEY");
        foreach (var (name, value) in variables)
        {
            _bench.Variables[name] = value;
        }
    }
}
