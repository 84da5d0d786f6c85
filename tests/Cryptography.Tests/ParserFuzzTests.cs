using System.Globalization;
using System.Text;
using SecretsOps.Cryptography.Age;
using SecretsOps.Cryptography.Age.Ssh;
using SecretsOps.Cryptography.OpenPgp;

namespace SecretsOps.Cryptography.Tests;

/// <summary>Random changes to good inputs: every parser refuses with its own exception or takes them, comes to an end, and takes no more memory than the input justifies.</summary>
/// <remarks>100,000 mutations of age files and as many of OpenPGP, spread over their forms; <c>SECRETSOPS_FUZZ_MUTATIONS</c> sets another number, <c>SECRETSOPS_FUZZ_SEED</c> repeats a run.</remarks>
public class ParserFuzzTests
{
    private static readonly int Mutations = Number("SECRETSOPS_FUZZ_MUTATIONS", 100_000);
    private const long LargestAllocation = 64 << 20; // bytes for one input of a few kilobytes

    private static readonly int Seed = Number("SECRETSOPS_FUZZ_SEED", 20261123);

    [Fact]
    public void Age_files_binary()
    {
        var identity = X25519Identity.Generate();
        var file = AgeFile.Encrypt("0123456789abcdef0123456789abcdef"u8, [identity.Recipient, X25519Identity.Generate().Recipient], AgeEncoding.Binary);

        Fuzz([file], bytes => AgeFile.Decrypt(bytes, [identity]).Dispose(), Mutations / 2);
    }

    [Fact]
    public void Age_files_armored()
    {
        var identity = X25519Identity.Generate();
        var file = AgeFile.Encrypt("0123456789abcdef0123456789abcdef"u8, [identity.Recipient], AgeEncoding.Armored);

        Fuzz([file], bytes => AgeFile.Decrypt(bytes, [identity]).Dispose(), Mutations / 2);
    }

    [Fact]
    public void Age_recipients_and_identities()
    {
        var identity = X25519Identity.Generate();
        byte[][] samples = [Encoding.ASCII.GetBytes(identity.ToSecretText()), Encoding.ASCII.GetBytes(identity.Recipient.ToString())];

        Fuzz(samples, bytes =>
        {
            var text = Encoding.Latin1.GetString(bytes);
            _ = text.StartsWith('A') ? (object)AgeIdentity.Parse(text) : AgeRecipient.Parse(text);
        }, Mutations);
    }

    [Theory]
    [InlineData("ssh_ed25519")]
    [InlineData("ssh_ed25519.pub")]
    [InlineData("ssh_rsa.pub")]
    public void Ssh_keys(string name)
    {
        var sample = Vectors.Read(name);

        Fuzz([sample], bytes =>
        {
            _ = name.EndsWith(".pub", StringComparison.Ordinal)
                ? (object)SshRecipient.Parse(Encoding.Latin1.GetString(bytes))
                : SshIdentity.Parse(bytes, () => null);
        }, Mutations / 10);
    }

    [Theory]
    [InlineData("pgp2.asc")]
    [InlineData("pgp3.pub.asc")]
    public void OpenPgp_keys(string name) => Fuzz([Dearmor(Vectors.Read(name))], bytes => new OpenPgpKeyRing().Add(bytes), Mutations * 2 / 5);

    [Fact]
    public void OpenPgp_messages()
    {
        var keys = new OpenPgpKeyRing();
        keys.Add(Vectors.Read("pgp2.asc"));
        var message = OpenPgpMessage.Encrypt("0123456789abcdef"u8, "5B080BC1C3CC757388007FAD575A52C0F3E02D59", keys, TimeProvider.System.GetUtcNow());

        Fuzz([Dearmor(Encoding.ASCII.GetBytes(message))], bytes => OpenPgpMessage.Decrypt(bytes, keys, _ => null).Dispose(), Mutations / 5);
    }

    [Fact]
    public void GnuPg_key_files_and_keyboxes()
    {
        var sample = "Created: 20260101T000000\nKey: (private-key (ecc (curve Curve25519)\n (flags djb-tweak)(q #40AA#)(d #0102#)))"u8.ToArray();

        Fuzz([sample, [0, 0, 0, 32, 2, 1, 0, 0, 0, 0, 0, 16, 0, 0, 0, 16, .. sample[..16]]], bytes =>
        {
            var ring = new OpenPgpKeyRing();
            ring.AddPrivateKeyFile(bytes);
            ring.AddKeybox(bytes);
        }, Mutations);
    }

    private static void Fuzz(byte[][] samples, Action<byte[]> parse, int mutations)
    {
        var random = new Random(Seed);
        for (var i = 0; i < mutations; i++)
        {
            var input = Mutate(samples[random.Next(samples.Length)], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                parse(input);
            }
            catch (Exception refused) when (refused is AgeException or OpenPgpException)
            {
                // As it should be.
            }
            catch (Exception escaped)
            {
                Assert.Fail($"mutation {i} of seed {Seed} let {escaped.GetType().Name} out: {escaped}\n{Convert.ToHexString(input)}");
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < LargestAllocation, $"mutation {i} of seed {Seed} took {allocated} bytes: {Convert.ToHexString(input)}");
        }
    }

    private static byte[] Mutate(byte[] sample, Random random)
    {
        List<byte> bytes = [.. sample];
        for (var count = random.Next(1, 4); count > 0 && bytes.Count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
                default:
                    bytes[at] = (byte)" \n\r-=#(:\x7f\xff"[random.Next(10)];
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Dearmor(byte[] armored)
    {
        var lines = Encoding.ASCII.GetString(armored).Split('\n').Select(line => line.Trim()).SkipWhile(line => line.Length > 0).Where(line => line.Length > 0 && line[0] is not ('=' or '-'));
        return Convert.FromBase64String(string.Concat(lines));
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
