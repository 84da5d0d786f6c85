using System.Globalization;
using System.Text;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.KeyManagement.Processes;
using SecretsOps.KeyManagement.Protobuf;
using SecretsOps.KeyManagement.Remote;
using SecretsOps.KeyManagement.VaultTransit;

namespace SecretsOps.KeyManagement.Tests;

/// <summary>Random changes to key names, credentials files and messages of the key service: each is read or refused in words, none takes the process along.</summary>
/// <remarks>100,000 mutations over all formats; <c>SECRETSOPS_FUZZ_MUTATIONS</c> sets another number, <c>SECRETSOPS_FUZZ_SEED</c> repeats a run.</remarks>
public class KeyFormatFuzzTests
{
    private const long LargestAllocation = 16 << 20;

    private static readonly int Mutations = Number("SECRETSOPS_FUZZ_MUTATIONS", 100_000);
    private static readonly int Seed = Number("SECRETSOPS_FUZZ_SEED", 20261123);

    private static readonly Dictionary<string, (string Sample, Action<string> Read)> Formats = new()
    {
        ["aws arn"] = ("arn:aws:kms:eu-west-2:111122223333:key/bc436485+arn:aws:iam::1:role/r", text => _ = AwsKmsMasterKey.Parse(text).Region),
        ["alibaba arn"] = ("acs:kms:cn-hangzhou:123456:key/key-hzz1", text => AlibabaKmsMasterKey.Parse(text)),
        ["azure url"] = ("https://vault.vault.azure.net/keys/sops/0123456789abcdef", text => AzureKeyVaultMasterKey.Parse(text)),
        ["vault uri"] = ("https://vault.example.org:8200/v1/team/transit/keys/sops", text => VaultTransitMasterKey.Parse(text)),
        ["huawei id"] = ("cn-north-4:0d0466b0-e727-4d9c-b35d-f84bb474a37f", text => HuaweiKmsMasterKey.Parse(text)),
        ["key service address"] = ("tls://keys.example.org:5000", text => KeyServiceAddress.Parse(text)),
        ["secret entry"] = ("# comment\naws_access_key_id: \"AKID\"\naws_secret_access_key: 'it''s'\n", text => FlatYaml.Read(text)),
        ["ini file"] = ("[default]\naccess_key_id = a # b\n[other]\nx=y\n", text => IniSection.Read(text, "default")),
        ["command line"] = ("\"/opt/tool\" --for 'a b' c\\ d", text => ShellWords.Split(text)),
        ["wrapped key"] = ("AQICAHhgWlzO1VHNfPHrTdF6Yz0=", text => WrappedBase64.Decode(text)),
        ["client key"] = ("""{"KeyId":"KAAP.x","PrivateKeyData":"MIIB"}""", text => AlibabaClientKey.Parse(text, "p")),
        ["azure entry"] = ("""{"tenant": "t", "appId": "c", "password": "s"}""", text => AzureKeyVaultCredentials.FromSecret(Encoding.UTF8.GetBytes(text))),
        ["identity file"] = ("# created\nAGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX\n", text => AgeCredentials.FromFiles([new("k.agekey", Encoding.UTF8.GetBytes(text))])),
    };

    public static TheoryData<string> FormatNames => [.. Formats.Keys];

    [Theory]
    [MemberData(nameof(FormatNames))]
    public void A_text_is_read_or_refused(string format)
    {
        var (sample, read) = Formats[format];
        Fuzz(Encoding.UTF8.GetBytes(sample), Mutations / 20, bytes => read(Encoding.UTF8.GetString(bytes)));
    }

    [Fact]
    public void A_message_of_the_key_service_is_read_or_refused()
    {
        var key = new AwsKmsMasterKey("arn:aws:kms:eu-west-2:1:key/a") { Role = "r", Profile = "p", Context = new Dictionary<string, string> { ["a"] = "1" } };
        Fuzz(KeyServiceMessages.Request(key, "data key"u8), Mutations / 5, bytes =>
        {
            KeyServiceMessages.TryReadRequest(bytes);
            KeyServiceMessages.TryReadResponse(bytes);
            ProtoFields.TryRead(bytes);
        });
        Fuzz(GrpcFrame.Write("message"u8), Mutations / 20, bytes => GrpcFrame.TryRead(bytes));
    }

    private static void Fuzz(byte[] sample, int mutations, Action<byte[]> read)
    {
        var random = new Random(Seed);
        for (var i = 0; i < mutations; i++)
        {
            var input = Mutate(sample, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(input);
            }
            catch (Exception refused) when (refused is FormatException or KeyBackendException)
            {
                Assert.NotEmpty(refused.Message);
            }
            catch (Exception escaped)
            {
                Assert.Fail($"mutation {i} of seed {Seed} let {escaped.GetType().Name} out: {escaped}\n{Convert.ToHexString(input)}");
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, LargestAllocation);
        }
    }

    private static byte[] Mutate(byte[] sample, Random random)
    {
        List<byte> bytes = [.. sample];
        for (var count = random.Next(1, 4); count > 0 && bytes.Count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
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
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
                default:
                    bytes[at] = (byte)"/:+|%'\"\\\n\0"[random.Next(10)];
                    break;
            }
        }

        return [.. bytes];
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
