using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets.Files;
using SecretsOps.Testing.Fuzzing;

namespace SecretsOps.SealedSecrets.Tests;

/// <summary>Mutated input: no crash, no hang, one clear error each. SECRETSOPS_FUZZ_ROUNDS makes it run longer, SECRETSOPS_FUZZ_SEED repeats a run.</summary>
public sealed class FuzzTests
{
    private static readonly KeyRing Ring = new([SealingKey.FromSecret(TestKeys.NewSecret)]);

    private readonly Mutator _mutator = new();

    [Fact]
    public void Mutated_SealedSecrets_are_refused_or_read_but_never_crash()
    {
        var certificate = Ring.Active!.Certificate;
        var json = TestKeys.Seal(certificate, "metadata: {name: db, namespace: shop, labels: {a: b}}\ndata: {a: MQ==, b: Mg==}").Object.Json;
        byte[] yaml = YamlText.FromJson(json);
        for (var round = 0; round < Mutator.Rounds; round++)
        {
            var mutated = round % 2 == 0 ? _mutator.Mutate(yaml) : Encoding.UTF8.GetBytes(_mutator.Mutate(json).ToJsonString());
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
        for (var round = 0; round < Mutator.Rounds; round++)
        {
            var mutated = round % 2 == 0 ? _mutator.Mutate(pem) : Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", _mutator.Mutate(der)));
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
        for (var round = 0; round < Mutator.Rounds; round++)
        {
            var entry = PemEncoding.WriteString("RSA PRIVATE KEY", _mutator.Mutate(der));
            Survive(round, () =>
            {
                var mutated = round % 2 == 0 ? new KubernetesObject((JsonObject)(round % 4 == 0 ? KubernetesObject.Parse(_mutator.Mutate(json)).Json : _mutator.Mutate(secret.Json))) : secret.DeepClone();
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
        for (var round = 0; round < Mutator.Rounds; round++)
        {
            var mutated = _mutator.Mutate(yaml);
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
    private KeyRing CheapRing(SealedSecret sealedSecret) => sealedSecret.EncryptedData.Count < 2 || _mutator.OnceIn(50) ? Ring : new KeyRing();

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
            throw new InvalidOperationException($"seed {Mutator.Seed}, round {round}: {crash.GetType().Name}", crash);
        }
    }
}
