using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets.Tests;

public sealed class SealingKeyTests
{
    [Fact]
    public void KEY_1_KEY_2_KEY_3_a_new_key_is_what_upstream_makes()
    {
        using var generated = GeneratedSealingKey.Create(new SealingKeyRequest { KeySize = 2048 }, TimeProvider.System);
        var secret = SealingKeySecret.Create("kube-system", "sealed-secrets-key", generated.CertificatePem.Span, generated.PrivateKeyPem.Span);
        using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(generated.CertificatePem.Span));

        Assert.Equal("kubernetes.io/tls", secret.Json["type"]!.GetValue<string>());
        Assert.Equal("active", secret.Label(SealingKeySecret.Label));
        Assert.Equal("sealed-secrets-key", secret.Metadata["generateName"]!.GetValue<string>());
        Assert.StartsWith("-----BEGIN RSA PRIVATE KEY-----\n", Encoding.ASCII.GetString(generated.PrivateKeyPem.Span));
        Assert.Equal("", certificate.Subject);
        Assert.Equal(certificate.Subject, certificate.Issuer);
        Assert.Equal(3650, (certificate.NotAfter - certificate.NotBefore).Days);
        Assert.Equal(X509KeyUsageFlags.EncipherOnly, certificate.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.True(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal("sha256RSA", certificate.SignatureAlgorithm.FriendlyName);
    }

    [Fact]
    public void KEY_6_a_key_in_pkcs8_is_accepted()
    {
        var secret = TestKeys.NewSecret;
        using var rsa = RSA.Create();
        rsa.ImportFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(secret.Json["data"]!["tls.key"]!.GetValue<string>())));
        secret.Json["data"]!["tls.key"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem()));

        using var key = SealingKey.FromSecret(secret);

        Assert.Equal(key.Certificate.Fingerprint, key.Fingerprint);
    }

    [Theory]
    [InlineData("tls.key", "not base64 at all!")]
    [InlineData("tls.key", "bm8gcGVt")]
    [InlineData("tls.crt", "bm8gcGVt")]
    [InlineData("tls.crt", null)]
    public void KEY_8_a_malformed_key_secret_is_refused_by_name(string entry, string? value)
    {
        var secret = TestKeys.NewSecret;
        ((JsonObject)secret.Json["data"]!)[entry] = value;

        var refused = Assert.Throws<SealingKeyException>(() => SealingKey.FromSecret(secret));

        Assert.StartsWith("Secret/kube-system/new: ", refused.Message);
    }

    [Fact]
    public void A_certificate_of_another_key_is_refused()
    {
        var secret = TestKeys.NewSecret;
        ((JsonObject)secret.Json["data"]!)["tls.crt"] = TestKeys.OldSecret.Json["data"]!["tls.crt"]!.DeepClone();

        Assert.Contains("does not belong", Assert.Throws<SealingKeyException>(() => SealingKey.FromSecret(secret)).Message);
    }

    [Theory]
    [InlineData(KeyOrder.CertNotBefore, "late-cert")]
    [InlineData(KeyOrder.SecretCreationTimestamp, "late-secret")]
    public void KEY_9_KEY_10_the_active_key_is_the_newest_by_the_chosen_time(KeyOrder order, string active)
    {
        var lateCert = Key("late-cert", "2020-01-01T00:00:00Z", TestKeys.NewSecret);
        var lateSecret = Key("late-secret", "2024-01-01T00:00:00Z", Earlier());

        Assert.Equal(active, new KeyRing([lateSecret, lateCert], order).Active!.Source.Name);
        Assert.Equal(active, new KeyRing([lateCert, lateSecret], order).Active!.Source.Name);
    }

    [Fact]
    public void A_ring_forgets_the_keys_of_a_secret()
    {
        var ring = new KeyRing([SealingKey.FromSecret(TestKeys.OldSecret), SealingKey.FromSecret(TestKeys.NewSecret)]);

        Assert.True(ring.Remove(new NamespacedName("kube-system", "old")));
        Assert.False(ring.Remove(new NamespacedName("kube-system", "old")));
        Assert.Equal("new", Assert.Single(ring.NewestFirst).Source.Name);
    }

    private static SealingKey Key(string name, string created, KubernetesObject secret)
    {
        secret.Name = name;
        secret.Metadata["creationTimestamp"] = created;
        return SealingKey.FromSecret(secret);
    }

    private static KubernetesObject Earlier()
    {
        using var generated = GeneratedSealingKey.Create(new SealingKeyRequest { KeySize = 2048 }, new EarlierTime());
        return SealingKeySecret.Create("kube-system", "x", generated.CertificatePem.Span, generated.PrivateKeyPem.Span);
    }

    private sealed class EarlierTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
