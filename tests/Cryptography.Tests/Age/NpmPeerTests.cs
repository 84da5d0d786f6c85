using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography.Age;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.Cryptography.Tests.Age;

/// <summary>Checklist 97 and 98: an implementation of age that shares no line with ours (npm age-encryption), both ways, hybrid post-quantum keys too.</summary>
public sealed class NpmPeerTests : IDisposable
{
    private const string Script = """
        import fs from 'node:fs';
        import { pathToFileURL } from 'node:url';
        const [packages, ourRecipient, ourFile, ourIdentity, passphrase] = process.argv.slice(2);
        const age = await import(pathToFileURL(packages + '/node_modules/age-encryption/dist/index.js'));
        const text = bytes => Buffer.from(bytes).toString('utf8');

        const opener = new age.Decrypter();
        passphrase ? opener.addPassphrase(passphrase) : opener.addIdentity(ourIdentity);
        const opened = text(await opener.decrypt(fs.readFileSync(ourFile)));

        const sealer = new age.Encrypter();
        passphrase ? (sealer.setPassphrase(passphrase), sealer.setScryptWorkFactor(10)) : sealer.addRecipient(ourRecipient);
        const made = await sealer.encrypt('from the other side');
        fs.writeFileSync('theirs.age', made);
        fs.writeFileSync('theirs.armored', age.armor.encode(made));

        const hybrid = ourRecipient.startsWith('age1pq');
        const identity = await (hybrid ? age.generateHybridIdentity() : age.generateX25519Identity());
        console.log(JSON.stringify({ opened, identity, recipient: await age.identityToRecipient(identity), ourRecipient: await age.identityToRecipient(ourIdentity) }));
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("x25519")]
    [InlineData("hybrid")]
    public void Files_and_keys_go_both_ways(string kind)
    {
        var (identity, secret, recipient) = kind == "hybrid" ? Hybrid() : Classic();
        var ours = AgeFile.Encrypt("from our side"u8, [recipient], AgeEncoding.Binary);

        var answer = Run(recipient.ToString()!, ours, secret, "");

        Assert.Equal(("from our side", recipient.ToString()), (answer["opened"]!.ToString(), answer["ourRecipient"]!.ToString()));
        AssertTheirs([identity]);
        var theirIdentity = AgeIdentity.Parse(answer["identity"]!.ToString());
        using var forThem = AgeFile.Decrypt(AgeFile.Encrypt("to a key of theirs"u8, [AgeRecipient.Parse(answer["recipient"]!.ToString())], AgeEncoding.Binary), [theirIdentity]);
        Assert.Equal("to a key of theirs", Encoding.UTF8.GetString(forThem.Span));
    }

    [Fact]
    public void Passphrases_go_both_ways()
    {
        var (_, secret, recipient) = Classic();
        var passphrase = new SecretBytes(Encoding.UTF8.GetBytes("correct horse"));
        var ours = AgeFile.Encrypt("from our side"u8, [new ScryptRecipient(passphrase) { WorkFactor = 10 }], AgeEncoding.Binary);

        var answer = Run(recipient.ToString()!, ours, secret, "correct horse");

        Assert.Equal("from our side", answer["opened"]!.ToString());
        AssertTheirs([new ScryptIdentity(passphrase)]);
    }

    private JsonNode Run(string recipient, byte[] ours, string identity, string passphrase)
    {
        File.WriteAllBytes(_directory.Combine("ours.age"), ours);
        var package = ExternalPrograms.NodePackage("age-encryption", "0.3.1");
        var run = ExternalProgram.Run(
            ExternalPrograms.Node, [_directory.Write("peer.mjs", Script), package, recipient, "ours.age", identity, passphrase], new RunOptions { Directory = _directory.Path }).ShouldSucceed();
        return JsonNode.Parse(run.StandardOutput)!;
    }

    private void AssertTheirs(IReadOnlyList<AgeIdentity> identities)
    {
        foreach (var file in (string[])["theirs.age", "theirs.armored"])
        {
            using var opened = AgeFile.Decrypt(File.ReadAllBytes(_directory.Combine(file)), identities);
            Assert.Equal("from the other side", Encoding.UTF8.GetString(opened.Span));
        }
    }

    private static (AgeIdentity Identity, string Secret, AgeRecipient Recipient) Classic()
    {
        var identity = X25519Identity.Generate();
        return (identity, identity.ToSecretText(), identity.Recipient);
    }

    private static (AgeIdentity Identity, string Secret, AgeRecipient Recipient) Hybrid()
    {
        var text = Encoding.UTF8.GetString(Vectors.Read("age-pq.txt")).Split('\n').First(line => line.StartsWith("AGE-SECRET-KEY-PQ-", StringComparison.Ordinal)).Trim();
        var identity = (HybridIdentity)AgeIdentity.Parse(text);
        return (identity, text, identity.Recipient);
    }
}
