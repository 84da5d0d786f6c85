namespace SecretsOps.SealedSecrets.Tests;

public sealed class ReencryptorTests
{
    private readonly SealingKey _old = SealingKey.FromSecret(TestKeys.OldSecret);
    private readonly SealingKey _new = SealingKey.FromSecret(TestKeys.NewSecret);

    [Fact]
    public void Only_values_change_and_only_those_of_older_keys()
    {
        var sealedSecret = TestKeys.Seal(_old.Certificate, "metadata: {name: db, namespace: shop, labels: {a: b}}\ndata: {a: MQ==, b: Mg==}\ntype: custom");
        sealedSecret.Object.Json["spec"]!["template"]!["data"] = new System.Text.Json.Nodes.JsonObject { ["url"] = "{{ .a }}" };
        sealedSecret.Object.SetLabel("mine", "stays");
        var before = sealedSecret.Object.DeepClone();

        var result = Reencryptor.Reencrypt(sealedSecret, new KeyRing([_old, _new]), _new.Certificate, CancellationToken.None);
        var again = Reencryptor.Reencrypt(new SealedSecret(result.Object), new KeyRing([_old, _new]), _new.Certificate, CancellationToken.None);

        Assert.Equal(["a", "b"], result.Changed.Keys);
        Assert.Empty(again.Changed);
        Assert.Equal(2, again.UnchangedCount);
        Assert.Equal(result.Object.ToUtf8Json(), again.Object.ToUtf8Json());
        result.Object.Json["spec"]!["encryptedData"] = before.Json["spec"]!["encryptedData"]!.DeepClone();
        Assert.Equal(before.ToUtf8Json(), result.Object.ToUtf8Json());
    }

    [Fact]
    public void HTTP_8_an_annotation_of_the_template_does_not_widen_the_scope()
    {
        var sealedSecret = TestKeys.Seal(_old.Certificate, "metadata: {name: db, namespace: shop, annotations: {sealedsecrets.bitnami.com/cluster-wide: 'true'}}\ndata: {a: MQ==}", SealingScope.Strict);
        sealedSecret.Object.Json["spec"]!["template"]!["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { [SealedSecretAnnotations.ClusterWide] = "true" };

        var result = Reencryptor.Reencrypt(sealedSecret, new KeyRing([_old]), _new.Certificate, CancellationToken.None);
        var moved = result.Object.DeepClone();
        moved.Namespace = "attacker";

        Assert.True(result.IsSuccess);
        Assert.False(Unsealer.Unseal(new SealedSecret(moved), new KeyRing([_new]), UnsealOptions.Default, CancellationToken.None).IsSuccess);
    }

    [Fact]
    public void What_does_not_open_is_left_alone()
    {
        var sealedSecret = TestKeys.Seal(_old.Certificate, "metadata: {name: db, namespace: shop}\ndata: {a: MQ==}");

        var result = Reencryptor.Reencrypt(sealedSecret, new KeyRing([_new]), _new.Certificate, CancellationToken.None);

        Assert.False(result.IsSuccess);
        Assert.Same(sealedSecret.Object, result.Object);
        Assert.Equal("no key could decrypt secret (a)", result.Message);
    }
}
