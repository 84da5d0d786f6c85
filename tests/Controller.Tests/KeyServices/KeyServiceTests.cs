using System.Net;
using System.Net.Sockets;
using System.Text;

using SecretsOps.Controller.KeyServices;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.KeyManagement.OpenPgp;
using SecretsOps.KeyManagement.Remote;
using SecretsOps.KeyManagement.VaultTransit;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests.KeyServices;

/// <summary>Checklist 121 and 122: client and server of the key service over TCP, a socket and TLS.</summary>
public sealed class KeyServiceTests : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly TemporaryDirectory _directory = new();
    private readonly MirrorService _mirror = new();

    public static TheoryData<MasterKey> Keys =>
    [
        new AgeMasterKey("age1xyz"),
        new OpenPgpMasterKey("AD3990B9D4711E92B5BE684EECBEBDCEF33AA94C"),
        new AwsKmsMasterKey("arn:aws:kms:eu-west-2:1:key/a") { Role = "arn:aws:iam::1:role/r", Profile = "p", Context = new Dictionary<string, string> { ["a"] = "1", ["b"] = "" } },
        new GcpKmsMasterKey("projects/p/locations/l/keyRings/r/cryptoKeys/k"),
        new AzureKeyVaultMasterKey("https://v.vault.azure.net", "k", "1"),
        new VaultTransitMasterKey("https://vault:8200", "transit", "k"),
        new HuaweiKmsMasterKey("cn-north-4:uuid"),
        new AlibabaKmsMasterKey("acs:kms:cn-hangzhou:1:key/a") { Context = new Dictionary<string, string> { ["a"] = "1" } },
    ];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Every_kind_of_key_travels_whole(MasterKey key)
    {
        var options = new KeyServiceOptions { Network = "unix", Address = _directory.Combine("s") };
        await using var server = KeyServiceCommand.Build(options, _mirror, approve: null);
        await server.StartAsync();
        using var client = Client($"unix://{options.Address}");

        using var dataKey = await client.UnwrapAsync(key, await client.WrapAsync(key, DataKey, default), default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
        Assert.Equal([key, key], _mirror.Asked);
    }

    [Fact]
    public async Task A_refusal_of_the_server_reaches_the_client_in_its_words()
    {
        var options = new KeyServiceOptions { Address = FreeAddress() };
        await using var server = KeyServiceCommand.Build(options, _mirror, approve: null);
        await server.StartAsync();
        using var client = Client($"tcp://{options.Address}");

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => client.UnwrapAsync(new AgeMasterKey("age1xyz"), "not wrapped by the mirror: 100 %", default));

        Assert.Contains("the mirror did not wrap it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_says_no_keeps_the_operation_from_running()
    {
        var options = new KeyServiceOptions { Address = FreeAddress() };
        await using var server = KeyServiceCommand.Build(options, _mirror, approve: (_, operation) => operation != "Decrypt");
        await server.StartAsync();
        using var client = Client($"tcp://{options.Address}");
        var wrapped = await client.WrapAsync(new AgeMasterKey("age1xyz"), DataKey, default);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => client.UnwrapAsync(new AgeMasterKey("age1xyz"), wrapped, default));

        Assert.Contains("rejected by user", refused.Message, StringComparison.Ordinal);
        Assert.Single(_mirror.Asked);
    }

    [Fact]
    public async Task Tls_serves_only_clients_of_the_authority()
    {
        var (certificate, key) = LoopbackCertificate.Write(_directory, "server");
        var (clientCertificate, clientKey) = LoopbackCertificate.Write(_directory, "client");
        var options = new KeyServiceOptions { Address = FreeAddress(), Certificate = certificate, PrivateKey = key, ClientAuthority = clientCertificate };
        await using var server = KeyServiceCommand.Build(options, _mirror, approve: null);
        await server.StartAsync();
        var variables = new Dictionary<string, string> { ["SECRETSOPS_KEYSERVICE_CA"] = certificate };
        using var stranger = Client($"tls://{options.Address}", variables);
        using var known = Client($"tls://{options.Address}", new Dictionary<string, string>(variables) { ["SECRETSOPS_KEYSERVICE_CERT"] = clientCertificate, ["SECRETSOPS_KEYSERVICE_KEY"] = clientKey });

        await Assert.ThrowsAsync<MasterKeyException>(() => stranger.WrapAsync(new AgeMasterKey("age1xyz"), DataKey, default));
        Assert.NotEmpty(await known.WrapAsync(new AgeMasterKey("age1xyz"), DataKey, default));
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_named()
    {
        using var client = Client("tcp://127.0.0.1:9");

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => client.WrapAsync(new AgeMasterKey("age1xyz"), DataKey, default));

        Assert.Contains("tcp://127.0.0.1:9", refused.Message, StringComparison.Ordinal);
    }

    private static RemoteKeyService Client(string address, IReadOnlyDictionary<string, string>? variables = null) =>
        new(KeyServiceAddress.Parse(address), new KeyEnvironment { Variable = name => variables?.GetValueOrDefault(name) });

    private static string FreeAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return probe.LocalEndpoint.ToString()!;
    }
}
