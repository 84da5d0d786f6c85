using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

using SecretsOps.Controller.KeyServices;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.Remote;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Controller.Tests.KeyServices;

/// <summary>Checklist 121 and 122: the key service against gRPC of other hands, both ways, with and without TLS.</summary>
public sealed class GrpcPeerTests : IDisposable
{
    // The messages as sops 3.13 has them on the wire.
    private const string Protocol = """
        syntax = "proto3";
        message Key {
          oneof key_type {
            KmsKey kms_key = 1; PgpKey pgp_key = 2; GcpKmsKey gcp_kms_key = 3; AzureKeyVaultKey azure_keyvault_key = 4;
            VaultKey vault_key = 5; AgeKey age_key = 6; HckmsKey hckms_key = 7;
          }
        }
        message KmsKey { string arn = 1; string role = 2; map<string, string> context = 3; string aws_profile = 4; }
        message PgpKey { string fingerprint = 1; }
        message GcpKmsKey { string resource_id = 1; }
        message AzureKeyVaultKey { string vault_url = 1; string name = 2; string version = 3; }
        message VaultKey { string vault_address = 1; string engine_path = 2; string key_name = 3; }
        message AgeKey { string recipient = 1; }
        message HckmsKey { string key_id = 1; }
        message EncryptRequest { Key key = 1; bytes plaintext = 2; }
        message EncryptResponse { bytes ciphertext = 1; }
        message DecryptRequest { Key key = 1; bytes ciphertext = 2; }
        message DecryptResponse { bytes plaintext = 1; }
        service KeyService { rpc Encrypt(EncryptRequest) returns (EncryptResponse); rpc Decrypt(DecryptRequest) returns (DecryptResponse); }
        """;

    private const string Setup = """
        const fs = require('fs'), grpc = require('@grpc/grpc-js'), loader = require('@grpc/proto-loader');
        const [proto, address, ca, certificate, key] = process.argv.slice(2);
        const { KeyService } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true, oneofs: true }));
        const read = path => path ? fs.readFileSync(path) : null;
        """;

    private const string ClientScript = Setup + """

        const credentials = ca ? grpc.credentials.createSsl(read(ca), read(key), read(certificate)) : grpc.credentials.createInsecure();
        const client = new KeyService(address, credentials);
        const call = (method, request) => new Promise(resolve => client[method](request, { deadline: Date.now() + 60000 },
          (error, answer) => resolve(error ? { code: error.code, details: error.details } : answer)));
        (async () => {
          const kms = { kms_key: { arn: 'arn:aws:kms:eu-west-2:1:key/a', role: 'arn:aws:iam::1:role/r', context: { a: '1', b: '' }, aws_profile: 'p' } };
          const wrapped = await call('Encrypt', { key: kms, plaintext: Buffer.from('0123456789abcdef0123456789abcdef') });
          const opened = await call('Decrypt', { key: kms, ciphertext: wrapped.ciphertext });
          const refused = await call('Decrypt', { key: { age_key: { recipient: 'age1xyz' } }, ciphertext: Buffer.from('not wrapped: 100 %') });
          const keyless = await call('Encrypt', { plaintext: Buffer.from('x') });
          console.log(JSON.stringify({ wrapped: String(wrapped.ciphertext), opened: String(opened.plaintext), refused, keyless }));
          client.close();
        })();
        """;

    private const string ServerScript = Setup + """

        const server = new grpc.Server();
        let calls = 0;
        const count = () => { if (++calls === 3) setTimeout(() => server.tryShutdown(() => process.exit(0)), 0); };
        server.addService(KeyService.service, {
          Encrypt: ({ request }, answer) => { console.log(JSON.stringify(request.key.kms_key)); answer(null, { ciphertext: Buffer.concat([Buffer.from('js:'), request.plaintext.reverse()]) }); count(); },
          Decrypt: ({ request }, answer) => {
            if (String(request.ciphertext.subarray(0, 3)) === 'js:') answer(null, { plaintext: Buffer.from(request.ciphertext.subarray(3)).reverse() });
            else answer({ code: grpc.status.FAILED_PRECONDITION, details: 'no such key: schlüssel' });
            count();
          },
        });
        const credentials = ca ? grpc.ServerCredentials.createSsl(read(ca), [{ cert_chain: read(certificate), private_key: read(key) }], true) : grpc.ServerCredentials.createInsecure();
        server.bindAsync(address, credentials, (error, port) => { fs.writeFileSync('port.new', String(port)); fs.renameSync('port.new', 'port'); });
        """;

    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private static readonly AwsKmsMasterKey Key =
        new("arn:aws:kms:eu-west-2:1:key/a") { Role = "arn:aws:iam::1:role/r", Profile = "p", Context = new Dictionary<string, string> { ["a"] = "1", ["b"] = "" } };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_of_grpc_js_is_served(bool hasTls)
    {
        var mirror = new MirrorService();
        var (server, client) = Certificates(hasTls);
        var options = new KeyServiceOptions { Address = FreeAddress(), Certificate = server?.CertificatePath ?? "", PrivateKey = server?.KeyPath ?? "", ClientAuthority = client?.CertificatePath ?? "" };
        await using var service = KeyServiceCommand.Build(options, mirror, approve: null);
        await service.StartAsync();

        var run = (await RunAsync(ClientScript, options.Address, server, client)).ShouldSucceed();

        var answers = JsonNode.Parse(run.StandardOutput)!;
        Assert.Equal(("mirror:" + Convert.ToBase64String([.. DataKey.Reverse()]), Encoding.ASCII.GetString(DataKey)), (answers["wrapped"]!.ToString(), answers["opened"]!.ToString()));
        Assert.Equal([Key, Key, new AgeMasterKey("age1xyz")], mirror.Asked);
        Assert.Contains("the mirror did not wrap it: 100 %", answers["refused"]!["details"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal((2, 3), (answers["refused"]!["code"]!.GetValue<int>(), answers["keyless"]!["code"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_of_grpc_js_serves_us(bool hasTls)
    {
        var (server, client) = Certificates(hasTls);
        var running = RunAsync(ServerScript, "127.0.0.1:0", client, server);
        var port = await Eventually.NotNullAsync(() => Task.FromResult(File.Exists(_directory.Combine("port")) ? File.ReadAllText(_directory.Combine("port")) : null), "the server of grpc-js listens");
        var variables = new Dictionary<string, string?>
        {
            ["SECRETSOPS_KEYSERVICE_CA"] = server?.CertificatePath,
            ["SECRETSOPS_KEYSERVICE_CERT"] = client?.CertificatePath,
            ["SECRETSOPS_KEYSERVICE_KEY"] = client?.KeyPath,
        };
        using var service = new RemoteKeyService(KeyServiceAddress.Parse($"{(hasTls ? "tls" : "tcp")}://127.0.0.1:{port}"), new KeyEnvironment { Variable = variables.GetValueOrDefault });

        var wrapped = await service.WrapAsync(Key, DataKey, default);
        using var opened = await service.UnwrapAsync(Key, wrapped, default);
        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => service.UnwrapAsync(Key, "another", default));

        Assert.Equal(DataKey, opened.Span.ToArray());
        Assert.Contains("no such key: schlüssel", refused.Message, StringComparison.Ordinal);
        var seen = JsonNode.Parse((await running).ShouldSucceed().StandardOutput)!;
        Assert.Equal((Key.Arn, Key.Role, Key.Profile), (seen["arn"]!.ToString(), seen["role"]!.ToString(), seen["aws_profile"]!.ToString()));
        Assert.Equal("""{"a":"1","b":""}""", seen["context"]!.ToJsonString());
    }

    private (LoopbackCertificate? Server, LoopbackCertificate? Client) Certificates(bool hasTls) =>
        hasTls ? (LoopbackCertificate.Write(_directory, "server"), LoopbackCertificate.Write(_directory, "client")) : (null, null);

    /// <summary>Runs a script that trusts one certificate and shows another.</summary>
    private Task<ProgramResult> RunAsync(string script, string address, LoopbackCertificate? trusted, LoopbackCertificate? shown)
    {
        var package = ExternalPrograms.NodePackage("@grpc/grpc-js", "1.14.7");
        string[] tls = trusted is null || shown is null ? [] : [trusted.CertificatePath, shown.CertificatePath, shown.KeyPath];
        return ExternalProgram.RunAsync(
            ExternalPrograms.Node,
            [_directory.Write("peer.cjs", script), _directory.Write("key-service.proto", Protocol), address, .. tls],
            new RunOptions { Directory = _directory.Path, Environment = new Dictionary<string, string?> { ["NODE_PATH"] = Path.Combine(package, "node_modules") } });
    }

    private static string FreeAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return probe.LocalEndpoint.ToString()!;
    }
}
