using System.Security.Cryptography;
using SecretsOps.Cryptography.Age;

namespace SecretsOps.Cryptography.Tests.Age;

public class AgeFileTests
{
    private static readonly X25519Identity Identity = X25519Identity.Generate();

    public static TheoryData<int> Sizes => [0, 1, 16, 65535, 65536, 65537, 131072, 200000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Decrypt_gives_back_what_was_encrypted(int size)
    {
        var plaintext = RandomNumberGenerator.GetBytes(size);
        foreach (var encoding in (AgeEncoding[])[AgeEncoding.Binary, AgeEncoding.Armored])
        {
            var file = AgeFile.Encrypt(plaintext, [Identity.Recipient], encoding);

            using var opened = AgeFile.Decrypt(file, [X25519Identity.Generate(), Identity]);

            Assert.Equal(plaintext, opened.Span.ToArray());
        }
    }

    [Fact]
    public void Every_recipient_opens_the_file()
    {
        X25519Identity[] identities = [X25519Identity.Generate(), X25519Identity.Generate(), X25519Identity.Generate()];
        var file = AgeFile.Encrypt("hello"u8, [.. identities.Select(identity => identity.Recipient)], AgeEncoding.Binary);

        Assert.All(identities, identity => Assert.Equal("hello"u8.ToArray(), AgeFile.Decrypt(file, [identity]).Span.ToArray()));
    }

    [Fact]
    public void Every_changed_byte_is_refused()
    {
        var file = AgeFile.Encrypt("a secret of some length"u8, [Identity.Recipient], AgeEncoding.Binary);

        for (var i = 0; i < file.Length; i++)
        {
            var changed = (byte[])file.Clone();
            changed[i] ^= 1;
            Assert.Throws<AgeException>(() => AgeFile.Decrypt(changed, [Identity]));
        }
    }

    [Fact]
    public void Every_cut_and_every_extension_is_refused()
    {
        var file = AgeFile.Encrypt("a secret of some length"u8, [Identity.Recipient], AgeEncoding.Binary);

        for (var length = 0; length < file.Length; length++)
        {
            Assert.Throws<AgeException>(() => AgeFile.Decrypt(file.AsMemory(..length), [Identity]));
        }

        Assert.Throws<AgeException>(() => AgeFile.Decrypt((byte[])[.. file, 0], [Identity]));
    }

    [Fact]
    public void Post_quantum_and_passphrase_recipients_share_with_nobody()
    {
        using var passphrase = new SecretBytes("pass"u8);
        AgeRecipient hybrid = HybridIdentity.Generate().Recipient;

        Assert.Throws<AgeException>(() => AgeFile.Encrypt([], [hybrid, Identity.Recipient], AgeEncoding.Binary));
        Assert.Throws<AgeException>(() => AgeFile.Encrypt([], [Identity.Recipient, new ScryptRecipient(passphrase) { WorkFactor = 10 }], AgeEncoding.Binary));
        Assert.NotEmpty(AgeFile.Encrypt([], [hybrid, HybridIdentity.Generate().Recipient], AgeEncoding.Binary));
    }

    [Fact]
    public void Identities_and_recipients_survive_their_text_forms()
    {
        var hybrid = HybridIdentity.Generate();

        Assert.Equal(Identity.Recipient.ToString(), X25519Identity.Parse(Identity.ToSecretText()).Recipient.ToString());
        Assert.Equal(hybrid.Recipient.ToString(), HybridIdentity.Parse(hybrid.ToSecretText()).Recipient.ToString());
        Assert.Equal(hybrid.Recipient.ToString(), AgeRecipient.Parse(hybrid.Recipient.ToString()).ToString());
        Assert.DoesNotContain("AGE-SECRET-KEY", Identity.ToString() + hybrid, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_file_streams_through_little_memory()
    {
        using var file = new MemoryStream();
        var chunk = RandomNumberGenerator.GetBytes(1 << 20);
        using (var writer = AgeFile.OpenWrite(new KeepOpen(file), [Identity.Recipient], AgeEncoding.Binary))
        {
            for (var i = 0; i < 4; i++)
            {
                writer.Write(chunk);
            }
        }

        file.Position = 0;
        using var reader = AgeFile.OpenRead(file, [Identity]);
        var buffer = new byte[1 << 20];
        for (var i = 0; i < 4; i++)
        {
            reader.ReadExactly(buffer);
            Assert.Equal(chunk, buffer);
        }

        Assert.Equal(0, reader.Read(buffer));
    }

    private sealed class KeepOpen(Stream inner) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);
    }
}
