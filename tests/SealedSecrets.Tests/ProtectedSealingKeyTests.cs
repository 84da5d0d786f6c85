using System.Text;
using SecretsOps.Cryptography.Age;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;

namespace SecretsOps.SealedSecrets.Tests;

public sealed class ProtectedSealingKeyTests
{
    [Fact]
    public async Task A_key_is_wrapped_in_place_opens_with_the_master_key_and_comes_back()
    {
        var identity = NewIdentity();
        var keyService = ServiceWith(identity.Secret);
        var original = TestKeys.NewSecret;

        var wrapped = await ProtectedSealingKey.MigrateAsync(original, [new AgeMasterKey(identity.Recipient)], keyService, CancellationToken.None);
        using var key = await ProtectedSealingKey.OpenAsync(wrapped, keyService, CancellationToken.None);
        var reverted = await ProtectedSealingKey.RevertAsync(wrapped, keyService, CancellationToken.None);

        Assert.True(ProtectedSealingKey.IsProtected(wrapped));
        Assert.DoesNotContain("PRIVATE KEY", Encoding.UTF8.GetString(Convert.FromBase64String(wrapped.Json["data"]!["tls.key"]!.GetValue<string>())));
        Assert.Equal(original.Json["type"]!.GetValue<string>(), wrapped.Json["type"]!.GetValue<string>());
        Assert.Equal(SealingKey.FromSecret(original).Fingerprint, key.Fingerprint);
        Assert.Equal(original.ToUtf8Json(), reverted.ToUtf8Json());
        Assert.Contains("wrapped by a master key", Assert.Throws<SealingKeyException>(() => SealingKey.FromSecret(wrapped)).Message);
    }

    [Fact]
    public async Task Another_identity_does_not_open_and_the_error_names_the_master_key()
    {
        var (right, wrong) = (NewIdentity(), NewIdentity());
        var wrapped = await ProtectedSealingKey.MigrateAsync(TestKeys.NewSecret, [new AgeMasterKey(right.Recipient)], ServiceWith(right.Secret), CancellationToken.None);

        var refused = await Assert.ThrowsAsync<SealingKeyException>(() => ProtectedSealingKey.OpenAsync(wrapped, ServiceWith(wrong.Secret), CancellationToken.None));

        Assert.Contains(right.Recipient, refused.Message);
    }

    [Fact]
    public async Task The_wrapping_is_bound_to_the_certificate()
    {
        var identity = NewIdentity();
        var wrapped = await ProtectedSealingKey.MigrateAsync(TestKeys.NewSecret, [new AgeMasterKey(identity.Recipient)], ServiceWith(identity.Secret), CancellationToken.None);
        wrapped.Json["data"]!["tls.crt"] = TestKeys.OldSecret.Json["data"]!["tls.crt"]!.DeepClone();

        var refused = await Assert.ThrowsAsync<SealingKeyException>(() => ProtectedSealingKey.OpenAsync(wrapped, ServiceWith(identity.Secret), CancellationToken.None));

        Assert.Contains("belongs to another certificate", refused.Message);
    }

    [Theory]
    [InlineData("kms:arn:aws:kms:eu-west-1:123456789012:key/abc", "kms")]
    [InlineData("gcp_kms:projects/p/locations/l/keyRings/r/cryptoKeys/k", "gcp_kms")]
    [InlineData("hc_vault:https://vault.example:8200/v1/transit/keys/k", "hc_vault")]
    [InlineData("acs_kms:acs:kms:cn-hangzhou:123:key/abc", "acs_kms")]
    [InlineData("azure_kv:https://v.vault.azure.net/keys/k/1", "azure_kv")]
    public void A_master_key_is_named_by_type_and_identity(string reference, string type)
    {
        var key = MasterKeyReference.Parse(reference);

        Assert.Equal(type, key.TypeName);
        Assert.Equal(key, MasterKeyReference.Parse(key.TypeName, key.Identity));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("unknown:key")]
    public void Anything_else_is_refused(string reference) => Assert.Throws<FormatException>(() => MasterKeyReference.Parse(reference));

    private static LocalKeyService ServiceWith(string identity) =>
        new(KeyCredentials.FromSecretData(new Dictionary<string, byte[]> { ["test.agekey"] = Encoding.ASCII.GetBytes(identity) }));

    private static (string Secret, string Recipient) NewIdentity()
    {
        var identity = X25519Identity.Generate();
        return (identity.ToSecretText(), identity.Recipient.ToString());
    }
}
