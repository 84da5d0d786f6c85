using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography.Hybrid;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets.Tests;

public sealed class UnsealerTests
{
    private const string Secret = "metadata: {name: db, namespace: shop}\ndata: {a: MQ==, b: Mg==}";

    private readonly SealingKey _old = SealingKey.FromSecret(TestKeys.OldSecret);
    private readonly SealingKey _new = SealingKey.FromSecret(TestKeys.NewSecret);

    [Fact]
    public void WF_6_WF_7_WF_8_every_scope_opens_where_it_may_be()
    {
        foreach (var scope in Enum.GetValues<SealingScope>())
        {
            var sealedSecret = TestKeys.Seal(_new.Certificate, Secret, scope);
            Assert.True(Open(sealedSecret).IsSuccess);

            sealedSecret.Object.Name = "renamed";
            Assert.Equal(scope != SealingScope.Strict, Open(sealedSecret).IsSuccess);

            sealedSecret.Object.Namespace = "moved";
            Assert.Equal(scope == SealingScope.ClusterWide, Open(sealedSecret).IsSuccess);
        }
    }

    [Fact]
    public void WF_9_cluster_wide_wins_over_namespace_wide()
    {
        var sealedSecret = TestKeys.Seal(_new.Certificate, Secret, SealingScope.ClusterWide);
        sealedSecret.Object.SetAnnotation(SealedSecretAnnotations.NamespaceWide, "true");

        Assert.True(Open(sealedSecret).IsSuccess);
    }

    [Theory]
    [InlineData("True")]
    [InlineData("1")]
    [InlineData("")]
    public void WF_10_only_the_exact_text_true_widens(string value)
    {
        var sealedSecret = TestKeys.Seal(_new.Certificate, Secret);
        sealedSecret.Object.SetAnnotation(SealedSecretAnnotations.ClusterWide, value);

        Assert.Equal(SealingScope.Strict, sealedSecret.Scope);
        Assert.True(Open(sealedSecret).IsSuccess);
    }

    [Fact]
    public void WF_1_WF_5_items_are_one_line_of_padded_base64_with_the_block_length_first()
    {
        foreach (var value in TestKeys.Seal(_new.Certificate, Secret).EncryptedData.Values)
        {
            Assert.Matches("^[A-Za-z0-9+/]+={0,2}$", value);
            Assert.Equal([1, 0], Convert.FromBase64String(value)[..2]);
        }
    }

    [Fact]
    public void WF_4_every_seal_draws_a_session_key_of_its_own()
    {
        var blocks = Enumerable.Range(0, 8).SelectMany(_ => TestKeys.Seal(_new.Certificate, Secret).EncryptedData.Values)
            .Select(value => HybridCipherBlock(Convert.FromBase64String(value))).ToArray();

        Assert.Equal(blocks.Length, blocks.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void WF_11_an_empty_value_seals_and_opens()
    {
        var sealedSecret = TestKeys.Seal(_new.Certificate, "metadata: {name: db, namespace: shop}\ndata: {a: ''}");

        using var opened = Open(sealedSecret);

        Assert.Equal(2 + 256 + 16, Convert.FromBase64String(sealedSecret.EncryptedData["a"]).Length);
        Assert.True(opened.IsSuccess);
        Assert.Equal(0, Assert.Single(opened.Items).Value.Length);
    }

    [Fact]
    public void WF_12_a_value_of_one_mebibyte_seals_and_opens()
    {
        var value = System.Security.Cryptography.RandomNumberGenerator.GetBytes(1 << 20);
        var sealedSecret = TestKeys.Seal(_new.Certificate, $"metadata: {{name: db, namespace: shop}}\ndata: {{a: {Convert.ToBase64String(value)}}}");

        using var opened = Open(sealedSecret);

        Assert.Equal(value, Assert.Single(opened.Items).Value.Span.ToArray());
    }

    [Fact]
    public void WF_13_bytes_that_are_no_text_come_out_as_they_went_in()
    {
        var value = Enumerable.Range(0, 256).Select(number => (byte)number).ToArray();

        using var opened = Open(TestKeys.Seal(_new.Certificate, $"metadata: {{name: db, namespace: shop}}\ndata: {{a: {Convert.ToBase64String(value)}}}"));

        Assert.Equal(value, Assert.Single(opened.Items).Value.Span.ToArray());
    }

    [Fact]
    public void WF_16_bad_base64_names_the_item_and_tries_no_key()
    {
        var sealedSecret = With(TestKeys.Seal(_new.Certificate, Secret), "b", "AAAA*");

        using var result = Open(sealedSecret);

        Assert.Equal("illegal base64 data at input byte 4 (b)", result.Message);
        Assert.Equal(0, Assert.Single(result.Failures).KeysTried);
    }

    [Fact]
    public void Equal_errors_are_told_once_with_their_items()
    {
        var sealedSecret = With(With(With(TestKeys.Seal(_new.Certificate, Secret), "c", "AAAA*"), "a", "Ag=="), "b", "AgAA");

        using var result = Open(sealedSecret);

        Assert.Equal("no key could decrypt secret (a, b); illegal base64 data at input byte 4 (c)", result.Message);
    }

    [Fact]
    public void WF_17_a_renamed_item_opens()
    {
        var sealedSecret = TestKeys.Seal(_new.Certificate, Secret);

        using var result = Open(With(sealedSecret, "renamed", sealedSecret.EncryptedData["a"]));

        Assert.True(result.IsSuccess);
    }

    [Fact]
    public void WF_21_every_item_may_have_its_own_key()
    {
        var mixed = With(TestKeys.Seal(_new.Certificate, Secret), "a", TestKeys.Seal(_old.Certificate, Secret).EncryptedData["a"]);

        using var result = Open(mixed);

        Assert.True(result.IsSuccess);
        Assert.Equal([_old.Fingerprint, _new.Fingerprint], result.Items.Select(item => item.KeyFingerprint));
    }

    [Fact]
    public void A_recorded_fingerprint_costs_one_try()
    {
        var sealedSecret = TestKeys.Seal(_old.Certificate, Secret);
        var ring = new KeyRing([_new, _old]);

        var withoutHint = ring.CandidatesFor(256, sealedSecret.KeyHints).First();
        sealedSecret.Object.SetAnnotation(SealedSecretAnnotations.SealedWith, $"unknown,{_old.Fingerprint}");
        var withHint = ring.CandidatesFor(256, sealedSecret.KeyHints).ToArray();

        Assert.Equal(ring.NewestFirst[0].Fingerprint, withoutHint.Fingerprint);
        Assert.Equal([_old.Fingerprint, _new.Fingerprint], withHint.Select(key => key.Fingerprint));
    }

    [Fact]
    public void WF_19_WF_20_deprecated_data_opens_when_accepted_and_is_refused_with_the_exact_errors()
    {
        var sealedSecret = Deprecated("""{"kind":"Secret","apiVersion":"v1","metadata":{"name":"ignored","labels":{"l":"1"}},"type":"custom","data":{"a":"MQ=="}}""");

        using var opened = Open(sealedSecret);
        using var secret = SecretTemplate.Build(sealedSecret, opened);
        using var refused = Unsealer.Unseal(sealedSecret, new KeyRing([_new]), new UnsealOptions { DeprecatedData = DeprecatedData.Refuse }, CancellationToken.None);
        using var both = Open(With(sealedSecret, "a", "AgAA"));

        Assert.Equal("custom", secret.Type);
        Assert.Equal("db", secret.Name);
        Assert.Equal("1", secret.Metadata["labels"]!["l"]!.GetValue<string>());
        Assert.Equal("1"u8.ToArray(), secret.Data["a"]);
        Assert.Equal("using deprecated 'data' field, use 'encryptedData' or flip the feature flag", refused.Message);
        Assert.Equal("cannot use the field 'encryptedData' and the deprecated field 'data' at the same time", both.Message);
    }

    [Fact]
    public void The_diagnosis_finds_a_scope_annotation_that_was_removed()
    {
        var sealedSecret = TestKeys.Seal(_new.Certificate, Secret, SealingScope.ClusterWide);
        sealedSecret.Object.SetAnnotation(SealedSecretAnnotations.ClusterWide, null);
        var ring = new KeyRing([_new, _old]);

        using var result = Unsealer.Unseal(sealedSecret, ring, UnsealOptions.Default, CancellationToken.None);

        Assert.Equal(
            "no key in the ring can unseal 'a', 'b' (strict scope 'shop/db', 2 keys tried); it opens with cluster-wide scope: the annotation of that scope is missing or another one was added",
            UnsealDiagnosis.Explain(sealedSecret, ring, result));
    }

    [Fact]
    public void Values_that_are_no_text_count_as_empty_ones_as_upstream_has_it()
    {
        var json = TestKeys.Parse("kind: SealedSecret\nmetadata: {name: db, namespace: shop}\nspec: {encryptedData: {a: 1, b: [x]}}");

        Assert.Equal(["", ""], new SealedSecret(json).EncryptedData.Values);
        Assert.Empty(new SealedSecret(TestKeys.Parse("spec: {encryptedData: nonsense}")).EncryptedData);
    }

    private static byte[] HybridCipherBlock(byte[] envelope) => envelope[2..258];

    private UnsealResult Open(SealedSecret sealedSecret) =>
        Unsealer.Unseal(sealedSecret, new KeyRing([_old, _new]), new UnsealOptions { Parallelism = 2 }, CancellationToken.None);

    private static SealedSecret With(SealedSecret sealedSecret, string item, string value)
    {
        var copy = sealedSecret.Object.DeepClone();
        ((JsonObject)copy.Json["spec"]!["encryptedData"]!)[item] = value;
        return new SealedSecret(copy);
    }

    private SealedSecret Deprecated(string secretJson)
    {
        var blob = HybridCipher.Seal(_new.PrivateKey.PublicKey, Encoding.UTF8.GetBytes(secretJson), EncryptionLabel.For(SealingScope.Strict, "shop", "db"));
        return new SealedSecret(new KubernetesObject(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "db", ["namespace"] = "shop" },
            ["spec"] = new JsonObject { ["data"] = Convert.ToBase64String(blob), ["encryptedData"] = new JsonObject() },
        }));
    }
}
