using System.Text;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.Testing;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests.AwsKms;

public sealed class AwsKmsTests : IDisposable
{
    private const string Role = "arn:aws:iam::111122223333:role/decrypt";

    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly FakeAwsKms _fake = new();
    private readonly TestEnvironment _environment = new() { Clock = new PatientTime() };

    public AwsKmsTests() => _environment["AWS_ENDPOINT_URL_KMS"] = _fake.Address;

    public void Dispose()
    {
        _fake.Dispose();
        _environment.Dispose();
    }

    [Fact]
    public async Task Another_client_of_the_aws_sdk_and_we_open_each_others_wrapped_keys_at_one_server_that_checks_signatures()
    {
        _fake.Configure(_environment);
        var context = new Dictionary<string, string> { ["App"] = "shop" };
        var key = new AwsKmsMasterKey(FakeAwsKms.Arn) { Context = context };
        using var sdk = new AmazonKeyManagementServiceClient(
            new BasicAWSCredentials(FakeAwsKms.AccessKeyId, FakeAwsKms.SecretAccessKey),
            new AmazonKeyManagementServiceConfig { ServiceURL = _fake.Address, AuthenticationRegion = "eu-west-2" });
        var service = _environment.Service();

        var theirs = await sdk.EncryptAsync(new EncryptRequest { KeyId = FakeAwsKms.Arn, Plaintext = new MemoryStream(DataKey), EncryptionContext = context });
        using var ours = await service.UnwrapAsync(key, Convert.ToBase64String(theirs.CiphertextBlob.ToArray()), default);
        var wrapped = await service.WrapAsync(key, DataKey, default);
        var opened = await sdk.DecryptAsync(new DecryptRequest { CiphertextBlob = new MemoryStream(Convert.FromBase64String(wrapped)), EncryptionContext = context, KeyId = FakeAwsKms.Arn });

        Assert.Equal(DataKey, ours.Span.ToArray());
        Assert.Equal(DataKey, opened.Plaintext.ToArray());
    }

    [Theory]
    [InlineData("kms-context", true)]
    [InlineData("kms", false)]
    public async Task Wrapped_keys_of_real_sops_are_opened_with_their_context_alone(string name, bool hasContext)
    {
        var root = RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sops");
        _fake.Configure(_environment);
        _fake.Replay(Path.Combine(root, "keys", "kms-transcript.json"));
        var wrapped = Array.Find(File.ReadAllLines(Path.Combine(root, "cases", name, "enc.yaml")), line => line.TrimStart().StartsWith("enc: ", StringComparison.Ordinal))!.Split("enc: ")[1];
        var context = new Dictionary<string, string> { ["Role"] = "web-server", ["Environment"] = "production" };
        var key = new AwsKmsMasterKey(FakeAwsKms.Arn) { Context = hasContext ? context : [] };
        var otherKey = key with { Context = hasContext ? [] : context };

        using var dataKey = await _environment.Service().UnwrapAsync(key, wrapped, default);

        Assert.Equal(32, dataKey.Length);
        await Assert.ThrowsAsync<MasterKeyException>(() => _environment.Service().UnwrapAsync(otherKey, wrapped, default));
    }

    [Fact]
    public async Task A_wrong_secret_key_is_refused_by_the_signature()
    {
        _fake.Configure(_environment);
        _environment["AWS_SECRET_ACCESS_KEY"] = "wrong";

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => WrapAsync(_fake.Key));

        Assert.Contains("InvalidSignatureException", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_is_assumed_once_and_used()
    {
        _fake.Configure(_environment);
        var service = _environment.Service();
        var key = AwsKmsMasterKey.Parse($"{FakeAwsKms.Arn}+{Role}");

        await service.WrapAsync(key, DataKey, default);
        await service.WrapAsync(key, DataKey, default);

        Assert.Equal(["", "TrentService.Encrypt", "TrentService.Encrypt"], _fake.Requests.Select(request => request.Header("x-amz-target")));
        Assert.StartsWith("sops@", _fake.Requests.First().Form["RoleSessionName"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_role_is_named_with_the_services_words()
    {
        _fake.Configure(_environment);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => WrapAsync(AwsKmsMasterKey.Parse($"{FakeAwsKms.Arn}+arn:aws:iam::111122223333:role/other")));

        Assert.Contains("role/other", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AccessDenied: Not authorized to perform sts:AssumeRole", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workloads_token_is_exchanged_for_its_role()
    {
        _environment["AWS_ENDPOINT_URL"] = _fake.Address;
        _environment["AWS_ROLE_ARN"] = Role;
        _environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = _environment.Home.Write("token", FakeAwsKms.WebToken + "\n");

        await WrapAsync(_fake.Key);

        Assert.Equal("AssumeRoleWithWebIdentity", _fake.Requests.First().Form["Action"]);
    }

    [Fact]
    public async Task A_service_accounts_token_is_asked_for_with_the_audience_of_sts()
    {
        _environment["AWS_ENDPOINT_URL"] = _fake.Address;
        _environment["AWS_ROLE_ARN"] = Role;
        string? asked = null;
        var keys = _environment.Keys with
        {
            IdentityToken = (audience, _) =>
            {
                asked = audience;
                return Task.FromResult(FakeAwsKms.WebToken);
            },
        };

        await new LocalKeyService(KeyCredentials.FromSecretData(new Dictionary<string, byte[]>(), keys)).WrapAsync(_fake.Key, DataKey, default);

        Assert.Equal("sts.amazonaws.com", asked);
    }

    [Fact]
    public async Task A_pods_identity_comes_from_its_containers_endpoint()
    {
        _environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = _fake.Address + "/v1/credentials";
        _environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = _environment.Home.Write("token", FakeAwsKms.ContainerToken + "\n");

        await WrapAsync(_fake.Key);

        Assert.Equal(["GET", "POST"], _fake.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task An_instances_role_comes_from_the_metadata_service_with_a_session_token()
    {
        _environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = _fake.Address;

        await WrapAsync(_fake.Key);

        Assert.Equal(["PUT", "GET", "GET", "POST"], _fake.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task The_keys_profile_chooses_credentials_and_source_profile()
    {
        _environment["AWS_ENDPOINT_URL_STS"] = _fake.Address;
        _environment.Home.Write(".aws/config", $"[profile team]\nrole_arn = {Role}\nsource_profile = base\n");
        _environment.Home.Write(".aws/credentials", $"# comment\n[base]\naws_access_key_id = {FakeAwsKms.AccessKeyId}\naws_secret_access_key={FakeAwsKms.SecretAccessKey}\n");

        await WrapAsync(new AwsKmsMasterKey(FakeAwsKms.Arn) { Profile = "team" });

        Assert.Equal(["AssumeRole", ""], _fake.Requests.Select(request => request.Body[0] == 'A' ? request.Form["Action"] : ""));
    }

    [Fact]
    public async Task An_unknown_profile_is_named()
    {
        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => WrapAsync(new AwsKmsMasterKey(FakeAwsKms.Arn) { Profile = "nobody" }));

        Assert.Contains("profile 'nobody'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_endpoint_may_stand_in_the_profiles_services()
    {
        using var elsewhere = new TestEnvironment();
        elsewhere["AWS_ACCESS_KEY_ID"] = FakeAwsKms.AccessKeyId;
        elsewhere["AWS_SECRET_ACCESS_KEY"] = FakeAwsKms.SecretAccessKey;
        elsewhere.Home.Write(".aws/config", $"[default]\nservices = local\n[services local]\nkms =\n  endpoint_url = {_fake.Address}\n");

        await elsewhere.Service().WrapAsync(_fake.Key, DataKey, default);

        Assert.Single(_fake.Requests);
    }

    [Fact]
    public async Task A_program_may_give_the_credentials()
    {
        var script = _environment.Home.WriteProgram("creds", $$"""
            #!/bin/sh
            echo '{"Version":1,"AccessKeyId":"{{FakeAwsKms.AccessKeyId}}","SecretAccessKey":"{{FakeAwsKms.SecretAccessKey}}"}'
            """);
        _environment.Home.Write(".aws/config", $"[default]\ncredential_process = {script} --for 'a b'\n");

        await WrapAsync(_fake.Key);

        Assert.Single(_fake.Requests);
    }

    [Fact]
    public async Task A_secrets_access_key_is_used_and_the_files_profile_ignored()
    {
        var yaml = $"aws_access_key_id: {FakeAwsKms.AccessKeyId}\naws_secret_access_key: \"{FakeAwsKms.SecretAccessKey}\"\n";
        var service = new LocalKeyService(KeyCredentials.FromSecretData(new Dictionary<string, byte[]> { ["sops.aws-kms"] = Encoding.UTF8.GetBytes(yaml) }, _environment.Keys));

        await service.WrapAsync(new AwsKmsMasterKey(FakeAwsKms.Arn) { Profile = "nobody" }, DataKey, default);

        Assert.Single(_fake.Requests);
    }

    [Fact]
    public async Task A_region_that_is_no_host_name_part_is_refused()
    {
        using var elsewhere = new TestEnvironment();
        elsewhere["AWS_ACCESS_KEY_ID"] = "a";
        elsewhere["AWS_SECRET_ACCESS_KEY"] = "b";

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => elsewhere.Service().WrapAsync(new AwsKmsMasterKey("arn:aws:kms:evil.example/:1:key/x"), DataKey, default));

        Assert.Contains("not a region of AWS", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:kms:us-east-1:1:key/a", "arn:aws:kms:us-east-1:1:key/a", "", "us-east-1")]
    [InlineData("arn:aws-cn:kms:cn-north-1:1:alias/a", "arn:aws-cn:kms:cn-north-1:1:alias/a", "", "cn-north-1")]
    [InlineData(" arn:aws-us-gov:kms:us-gov-west-1:1:key/a + arn:aws:iam::1:role/r", "arn:aws-us-gov:kms:us-gov-west-1:1:key/a", "arn:aws:iam::1:role/r", "us-gov-west-1")]
    public void Arns_are_read_with_role_and_region(string text, string arn, string role, string region)
    {
        var key = AwsKmsMasterKey.Parse(text);

        Assert.Equal((arn, role, region), (key.Arn, key.Role, key.Region));
    }

    [Fact]
    public void The_identity_is_the_text_of_sops()
    {
        var key = new AwsKmsMasterKey("arn") { Context = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } };

        Assert.Equal("arn|a:1,b:2", key.ToString());
        Assert.Equal("arn+role|a:1,b:2|p", (key with { Role = "role", Profile = "p" }).ToString());
        Assert.Equal("arn||p", new AwsKmsMasterKey("arn") { Profile = "p" }.ToString());
        Assert.Equal(key, key with { Context = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } });
    }

    private Task<string> WrapAsync(MasterKey key) => _environment.Service().WrapAsync(key, DataKey, default);
}
