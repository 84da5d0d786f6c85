using System.Security.Cryptography;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests;

/// <summary>Answers of every wrong shape, to key operations and to each step of every login: each is a refusal that names the key, at wrapping and at unwrapping (checklist 112 to 120).</summary>
public class CloudGarbageTests
{
    private const string AwsRole = "arn:aws:iam::111122223333:role/decrypt";

    // Logins that take requests of their own, beside those that the services' Configure sets: each gives the key that asks for it.
    private static readonly Dictionary<string, Login> Logins = new()
    {
        ["aws_kms, a role that is assumed"] = new("aws_kms", (fake, environment) =>
        {
            fake.Configure(environment);
            return AwsKmsMasterKey.Parse($"{FakeAwsKms.Arn}+{AwsRole}");
        }),
        ["aws_kms, a workload's token"] = new("aws_kms", (fake, environment) =>
        {
            environment["AWS_ENDPOINT_URL"] = fake.Address;
            environment["AWS_ROLE_ARN"] = AwsRole;
            environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = environment.Home.Write("token", FakeAwsKms.WebToken);
            return fake.Key;
        }),
        ["aws_kms, a container's endpoint"] = new("aws_kms", (fake, environment) =>
        {
            environment["AWS_ENDPOINT_URL"] = fake.Address;
            environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = fake.Address + "/v1/credentials";
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = environment.Home.Write("token", FakeAwsKms.ContainerToken);
            return fake.Key;
        }),
        ["aws_kms, an instance's role"] = new("aws_kms", (fake, environment) =>
        {
            environment["AWS_ENDPOINT_URL"] = fake.Address;
            environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = fake.Address;
            return fake.Key;
        }),
        ["alibaba_kms, a role that is assumed"] = new("alibaba_kms_acs3", (fake, environment) =>
        {
            fake.Configure(environment);
            return new AlibabaKmsMasterKey(FakeAlibabaKms.Arn) { Role = FakeAlibabaKms.Role };
        }),
        ["alibaba_kms, RRSA"] = new("alibaba_kms_acs3", (fake, environment) =>
        {
            ((FakeAlibabaKms)fake).ConfigureEndpoints(environment);
            environment["ALIBABA_CLOUD_ROLE_ARN"] = FakeAlibabaKms.Role;
            environment["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"] = FakeAlibabaKms.Provider;
            environment["ALIBABA_CLOUD_OIDC_TOKEN_FILE"] = environment.Home.Write("token", FakeAlibabaKms.OidcToken);
            return fake.Key;
        }),
        ["alibaba_kms, an instance's role"] = new("alibaba_kms_acs3", (fake, environment) =>
        {
            ((FakeAlibabaKms)fake).ConfigureEndpoints(environment);
            return fake.Key;
        }),
        ["vault, kubernetes"] = new("vault", (fake, environment) => VaultLogin("kubernetes", fake, environment)),
        ["vault, jwt"] = new("vault", (fake, environment) => VaultLogin("jwt", fake, environment)),
        ["vault, approle"] = new("vault", (fake, environment) => VaultLogin("approle", fake, environment)),
        ["azure_keyvault, a certificate"] = new("azure_keyvault", (fake, environment) =>
        {
            ((FakeAzureKeyVault)fake).ConfigureClient(environment);
            environment["AZURE_CLIENT_CERTIFICATE_PATH"] = environment.Home.Write("client.pem", ((FakeAzureKeyVault)fake).CertificatePem);
            return fake.Key;
        }),
        ["azure_keyvault, a federated token"] = new("azure_keyvault", (fake, environment) =>
        {
            ((FakeAzureKeyVault)fake).ConfigureClient(environment);
            environment["AZURE_FEDERATED_TOKEN_FILE"] = environment.Home.Write("token", FakeAzureKeyVault.FederatedToken);
            return fake.Key;
        }),
        ["azure_keyvault, a managed identity"] = new("azure_keyvault", (fake, environment) =>
        {
            ((FakeAzureKeyVault)fake).ConfigureClient(environment);
            environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = fake.Address;
            return fake.Key;
        }),
        ["gcp_kms, a user"] = new("gcp_kms", (fake, environment) =>
        {
            environment["SOPS_GCP_KMS_ENDPOINT"] = fake.Address;
            environment.Home.Write(".config/gcloud/application_default_credentials.json", ((FakeGcpKms)fake).UserLogin);
            return fake.Key;
        }),
        ["gcp_kms, a federated workload"] = new("gcp_kms", (fake, environment) =>
        {
            environment["SOPS_GCP_KMS_ENDPOINT"] = fake.Address;
            var token = environment.Home.Write("token", FakeGcpKms.WorkloadToken);
            environment["GOOGLE_APPLICATION_CREDENTIALS"] = environment.Home.Write("external.json", ((FakeGcpKms)fake).ExternalAccount(token));
            return fake.Key;
        }),
        ["gcp_kms, a machine of Google"] = new("gcp_kms", (fake, environment) =>
        {
            environment["SOPS_GCP_KMS_ENDPOINT"] = fake.Address;
            environment["GCE_METADATA_HOST"] = fake.Address["http://".Length..];
            return fake.Key;
        }),
    };

    private readonly byte[] _dataKey = RandomNumberGenerator.GetBytes(32);

    public static TheoryData<string> Backends => CloudContractTests.Backends;

    public static TheoryData<string> LoginNames => [.. Logins.Keys];

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Every_wrong_answer_is_a_refusal_that_names_the_key_and_holds_no_secret(string backend)
    {
        using var fake = CloudContractTests.Registry[backend]();
        using var environment = new TestEnvironment { Clock = new ShortPauses() };
        fake.Configure(environment);
        using var knowing = environment.Service();
        var wrapped = await knowing.WrapAsync(fake.Key, _dataKey, default);
        var failures = new List<string>();
        foreach (var (name, answer) in WrongAnswers.All.Where(answer => (backend, answer.Key) != ("aws_kms", "a member twice"))) // AWS's SDK takes the last
        {
            fake.Instead = answer;
            using var strange = environment.Service(); // it has to log in first
            foreach (var service in (LocalKeyService[])[knowing, strange])
            {
                failures.AddRange((await FaultsOfAsync(fake, fake.Key, () => service.UnwrapAsync(fake.Key, wrapped, default))).Select(fault => $"{name}, unwrapping: {fault}"));
                failures.AddRange((await FaultsOfAsync(fake, fake.Key, () => service.WrapAsync(fake.Key, _dataKey, default))).Select(fault => $"{name}, wrapping: {fault}"));
            }
        }

        Assert.Empty(failures);
    }

    [Theory]
    [MemberData(nameof(LoginNames))]
    public async Task Every_wrong_answer_to_any_step_of_a_login_is_a_refusal_that_names_the_key_and_holds_no_secret(string name)
    {
        var login = Logins[name];
        using var fake = CloudContractTests.Registry[login.Backend]();
        using var environment = new TestEnvironment { Clock = new ShortPauses() };
        var key = login.Configure(fake, environment);
        using var knowing = environment.Service();
        await knowing.WrapAsync(key, _dataKey, default);
        var steps = fake.Requests.Count - 1; // the last is the key operation
        Assert.True(steps > 0, "this login asks nobody");
        var failures = new List<string>();
        for (var step = 0; step < steps; step++)
        {
            foreach (var (wrong, answer) in WrongAnswers.All)
            {
                (fake.HelpfulFirst, fake.Instead) = (step, answer);
                using var strange = environment.Service();
                failures.AddRange((await FaultsOfAsync(fake, key, () => strange.WrapAsync(key, _dataKey, default))).Select(fault => $"{wrong} to request {step + 1}: {fault}"));
            }
        }

        Assert.Empty(failures);
    }

    private static MasterKey VaultLogin(string method, FakeKeyService fake, TestEnvironment environment)
    {
        environment["VAULT_NAMESPACE"] = "team/a";
        environment["SECRETSOPS_VAULT_AUTH"] = method;
        environment["SECRETSOPS_VAULT_ROLE"] = "decrypt";
        environment["SECRETSOPS_VAULT_JWT_FILE"] = environment.Home.Write("token", "jwt-of-the-workload");
        environment["SECRETSOPS_VAULT_ROLE_ID"] = "role-id";
        environment["SECRETSOPS_VAULT_SECRET_ID"] = "secret-id";
        return fake.Key;
    }

    private async Task<IReadOnlyList<string>> FaultsOfAsync(FakeKeyService fake, MasterKey key, Func<Task> call)
    {
        try
        {
            await call();
            return ["the answer was taken"];
        }
        catch (MasterKeyException refused)
        {
            List<string> faults = [.. fake.Secrets.Append(Convert.ToBase64String(_dataKey)).Where(secret => refused.ToString().Contains(secret, StringComparison.Ordinal)).Select(_ => "it holds a secret")];
            return [.. faults, .. refused.Message.Contains(key.Identity, StringComparison.Ordinal) ? Array.Empty<string>() : ["the key is not named"], .. refused.Message.Length < 5000 ? Array.Empty<string>() : ["it is endless"]];
        }
        catch (Exception other)
        {
            return [other.ToString()];
        }
    }

    private sealed record Login(string Backend, Func<FakeKeyService, TestEnvironment, MasterKey> Configure);

    /// <summary>Pauses between attempts are over at once; time-outs are long.</summary>
    private sealed class ShortPauses : TimeProvider
    {
        private readonly TimeProvider _patient = new PatientTime();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            _patient.CreateTimer(callback, state, dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1) ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}
