using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets.Files;

namespace SecretsOps.SealedSecrets.Tests;

/// <summary>Mutated input: no crash, no hang, one clear error each. SECRETSOPS_FUZZ_ROUNDS makes it run longer, SECRETSOPS_FUZZ_SEED repeats a run.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "a fuzz run must be repeatable from its seed")]
public sealed class FuzzTests
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("SECRETSOPS_FUZZ_ROUNDS") ?? "30000", CultureInfo.InvariantCulture);
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("SECRETSOPS_FUZZ_SEED") ?? "20261123", CultureInfo.InvariantCulture);

    private static readonly KeyRing Ring = new([SealingKey.FromSecret(TestKeys.NewSecret)]);

    private readonly Random _random = new(Seed);

    [Fact]
    public void Mutated_SealedSecrets_are_refused_or_read_but_never_crash()
    {
        var certificate = Ring.Active!.Certificate;
        byte[] yaml = YamlText.FromJson(TestKeys.Seal(certificate, "metadata: {name: db, namespace: shop, labels: {a: b}}\ndata: {a: MQ==, b: Mg==}").Object.Json);
        for (var round = 0; round < Rounds; round++)
        {
            var mutated = Mutate(yaml);
            Survive(round, () =>
            {
                foreach (var document in SealedSecretFile.Parse(mutated, "fuzz").Documents)
                {
                    var sealedSecret = new SealedSecret(document.Object);
                    using var unsealed = Unsealer.Unseal(sealedSecret, CheapRing(sealedSecret), UnsealOptions.Default, CancellationToken.None);
                    Assert.Equal(unsealed.IsSuccess, unsealed.Message.Length == 0);
                    if (unsealed.IsSuccess)
                    {
                        SecretTemplate.Build(sealedSecret, unsealed).Dispose();
                    }
                }
            });
        }
    }

    [Fact]
    public void Mutated_certificates_are_refused_or_read_but_never_crash()
    {
        var pem = File.ReadAllBytes(Path.Combine(TestKeys.Vectors, "keys", "rsa2048.crt"));
        var der = Convert.FromBase64String(string.Concat(Encoding.ASCII.GetString(pem).Split('\n').Where(line => !line.StartsWith('-'))));
        for (var round = 0; round < Rounds; round++)
        {
            var mutated = round % 2 == 0 ? Mutate(pem) : Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", Mutate(der)));
            Survive(round, () => Assert.NotEqual(0, SealingCertificate.Parse(mutated).PublicKey.BlockLength));
        }
    }

    [Fact]
    public void Mutated_key_secrets_are_refused_or_read_but_never_crash()
    {
        var secret = TestKeys.OldSecret;
        var pem = Convert.FromBase64String(secret.Json["data"]!["tls.key"]!.GetValue<string>());
        var der = Convert.FromBase64String(string.Concat(Encoding.ASCII.GetString(pem).Split('\n').Where(line => !line.StartsWith('-'))));
        var json = secret.ToUtf8Json();
        for (var round = 0; round < Rounds; round++)
        {
            var entry = PemEncoding.WriteString("RSA PRIVATE KEY", Mutate(der));
            Survive(round, () =>
            {
                var mutated = round % 2 == 0 ? KubernetesObject.Parse(Mutate(json)) : secret.DeepClone();
                if (round % 2 == 1)
                {
                    mutated.Json["data"]!["tls.key"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(entry));
                }

                SealingKey.FromSecret(mutated).Dispose();
            });
        }
    }

    [Fact]
    public void Mutated_Secrets_are_refused_or_sealed_but_never_crash()
    {
        var yaml = "metadata: {name: db, namespace: shop, annotations: {a: b}, ownerReferences: [{a: b}]}\ndata: {a: MQ==}\nstringData: {b: c}\nimmutable: true\ntype: t\n"u8.ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            var mutated = Mutate(yaml);
            Survive(round, () =>
            {
                foreach (var document in ManifestReader.ReadDocuments(mutated, "fuzz", DuplicateKeys.LastWins))
                {
                    if (document.Root is JsonObject root)
                    {
                        PlainSecret.Read(new KubernetesObject(root)).Dispose();
                    }
                }
            });
        }
    }

    // An intact first item would cost a private operation in every round: those are tested elsewhere.
    private KeyRing CheapRing(SealedSecret sealedSecret) => sealedSecret.EncryptedData.Count < 2 || _random.Next(50) == 0 ? Ring : new KeyRing();

    private static void Survive(int round, Action read)
    {
        try
        {
            read();
        }
        catch (Exception refused) when (refused is ManifestException or SecretFormatException or SealingCertificateException or SealingKeyException or SecretTemplateException or System.Text.Json.JsonException)
        {
            Assert.NotEmpty(refused.Message);
        }
        catch (Exception crash) when (crash is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"seed {Seed}, round {round}: {crash.GetType().Name}", crash);
        }
    }

    private byte[] Mutate(byte[] source)
    {
        var bytes = source.ToList();
        for (var count = _random.Next(1, 5); count > 0; count--)
        {
            var at = _random.Next(bytes.Count + 1);
            var length = Math.Min(_random.Next(1, 40), bytes.Count - at);
            switch (_random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 5 when _random.Next(4) == 0:
                    bytes.InsertRange(at, "\\ud800"u8.ToArray());
                    break;
                case 5:
                    bytes.InsertRange(at, "{[}]:,'\"-|>&*!#\n  "u8[_random.Next(17)..].ToArray());
                    break;
                default:
                    bytes.InsertRange(at, Enumerable.Repeat("[{ \n-\u0000ÿ"u8[_random.Next(8)], _random.Next(300)));
                    break;
            }
        }

        return [.. bytes];
    }
}
