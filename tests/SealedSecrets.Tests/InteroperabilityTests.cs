using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SecretsOps.Cryptography.Hybrid;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.SealedSecrets.Tests;

/// <summary>The documented format, spoken with programs that know nothing of us.</summary>
public sealed class InteroperabilityTests : IDisposable
{
    private const string Plaintext = "value with ünïcode";

    private static readonly string PrivateKeyPath = Path.Combine(TestKeys.Vectors, "keys", "rsa2048.key");
    private static readonly SealingPrivateKey Private = SealingPrivateKey.FromPem(File.ReadAllBytes(PrivateKeyPath));
    private static readonly byte[] Label = "shop/db"u8.ToArray();

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("shop/db")]
    [InlineData("shop")]
    [InlineData("")]
    public void WF_2_WF_3_openssl_opens_what_we_seal(string label)
    {
        var envelope = HybridCipher.Seal(Private.PublicKey, Encoding.UTF8.GetBytes(Plaintext), Encoding.UTF8.GetBytes(label));
        File.WriteAllBytes(_directory.Combine("block"), envelope[2..258]);

        OpenSsl(label, "-decrypt", "-inkey", PrivateKeyPath, "-in", "block", "-out", "key");

        var value = new byte[envelope.Length - 258 - 16];
        using var aes = new AesGcm(File.ReadAllBytes(_directory.Combine("key")), 16);
        aes.Decrypt(new byte[12], envelope[258..^16], envelope[^16..], value);
        Assert.Equal(Plaintext, Encoding.UTF8.GetString(value));
        Assert.Equal(32, new FileInfo(_directory.Combine("key")).Length);
    }

    [Fact]
    public void WF_2_WF_3_we_open_what_openssl_sealed()
    {
        var sessionKey = RandomNumberGenerator.GetBytes(32);
        File.WriteAllBytes(_directory.Combine("key"), sessionKey);
        OpenSsl("shop/db", "-encrypt", "-inkey", PrivateKeyPath, "-in", "key", "-out", "block");
        var plaintext = Encoding.UTF8.GetBytes(Plaintext);
        var envelope = new byte[2 + 256 + plaintext.Length + 16];
        BinaryPrimitives.WriteUInt16BigEndian(envelope, 256);
        File.ReadAllBytes(_directory.Combine("block")).CopyTo(envelope, 2);
        using (var aes = new AesGcm(sessionKey, 16))
        {
            aes.Encrypt(new byte[12], plaintext, envelope.AsSpan(258, plaintext.Length), envelope.AsSpan(258 + plaintext.Length));
        }

        Assert.True(HybridCipher.TryUnseal(Private, envelope, Label, out var opened));
        Assert.Equal(plaintext, opened.Span.ToArray());
    }

    [Fact]
    public void Node_opens_what_we_seal_and_we_open_what_node_sealed()
    {
        const string Script = """
            const { privateDecrypt, publicEncrypt, createPublicKey, createDecipheriv, createCipheriv, randomBytes } = require('crypto');
            const fs = require('fs');
            const [, , keyFile, inFile, outFile] = process.argv;
            const key = fs.readFileSync(keyFile, 'utf8');
            const oaep = { oaepHash: 'sha256', oaepLabel: Buffer.from('shop/db') };
            const sealed = fs.readFileSync(inFile);
            const k = sealed.readUInt16BE(0);
            const session = privateDecrypt({ key, ...oaep }, sealed.subarray(2, 2 + k));
            const opener = createDecipheriv('aes-256-gcm', session, Buffer.alloc(12));
            opener.setAuthTag(sealed.subarray(-16));
            const value = Buffer.concat([opener.update(sealed.subarray(2 + k, -16)), opener.final()]);
            const fresh = randomBytes(32);
            const block = publicEncrypt({ key: createPublicKey(key), ...oaep }, fresh);
            const sealer = createCipheriv('aes-256-gcm', fresh, Buffer.alloc(12));
            const body = Buffer.concat([sealer.update(Buffer.concat([value, Buffer.from(' and back')])), sealer.final()]);
            const prefix = Buffer.alloc(2);
            prefix.writeUInt16BE(block.length, 0);
            fs.writeFileSync(outFile, Buffer.concat([prefix, block, body, sealer.getAuthTag()]));
            """;
        var script = _directory.Write("both-ways.cjs", Script);
        File.WriteAllBytes(_directory.Combine("sealed"), HybridCipher.Seal(Private.PublicKey, Encoding.UTF8.GetBytes(Plaintext), Label));

        ExternalProgram.Run(ExternalPrograms.Node, [script, PrivateKeyPath, _directory.Combine("sealed"), _directory.Combine("answer")]).ShouldSucceed();

        Assert.True(HybridCipher.TryUnseal(Private, File.ReadAllBytes(_directory.Combine("answer")), Label, out var opened));
        Assert.Equal(Plaintext + " and back", Encoding.UTF8.GetString(opened.Span));
    }

    [Fact]
    public void We_open_what_an_independent_implementation_from_npm_sealed()
    {
        const string Script = """
            const { encryptSecretItem } = require('@linode/kubeseal-encrypt');
            encryptSecretItem(require('fs').readFileSync(process.argv[2], 'utf8'), 'shop', process.argv[3]).then(text => process.stdout.write(text));
            """;
        var package = ExternalPrograms.NodePackage("@linode/kubeseal-encrypt", "1.0.1");
        var script = _directory.Write("seal.cjs", Script);
        using var rsa = RSA.Create();
        rsa.ImportFromPem(File.ReadAllText(PrivateKeyPath));
        var publicKey = _directory.Write("public.pem", rsa.ExportSubjectPublicKeyInfoPem());
        var options = new RunOptions { Environment = new Dictionary<string, string?> { ["NODE_PATH"] = Path.Combine(package, "node_modules") } };

        var run = ExternalProgram.Run(ExternalPrograms.Node, [script, publicKey, Plaintext], options).ShouldSucceed();

        Assert.True(HybridCipher.TryUnseal(Private, Convert.FromBase64String(run.StandardOutput), "shop"u8, out var opened));
        Assert.Equal(Plaintext, Encoding.UTF8.GetString(opened.Span));
    }

    private void OpenSsl(string label, params string[] arguments)
    {
        string[] padding = ["-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256"];
        string[] labelOption = label.Length == 0 ? [] : ["-pkeyopt", $"rsa_oaep_label:{Convert.ToHexString(Encoding.UTF8.GetBytes(label))}"];
        ExternalProgram.Run(ExternalPrograms.OpenSsl, ["pkeyutl", .. arguments, .. padding, .. labelOption], new RunOptions { Directory = _directory.Path }).ShouldSucceed();
    }
}
