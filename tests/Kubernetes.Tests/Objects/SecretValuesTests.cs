using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Kubernetes.Tests.Objects;

public sealed class SecretValuesTests
{
    private static readonly SecretValues Values = SecretValues.Of(ManifestReader.Read("""
        apiVersion: v1
        kind: Secret
        metadata: {name: shop-db, namespace: shop}
        data: {a: aHVudGVyMg==, raw: //79/A==}
        stringData: {b: "first line\nsecond line", own: shop-db, short: abc}
        """u8.ToArray(), "test")[0]);

    [Theory]
    [InlineData("it is hunter2, of all words", "it is ++++++++, of all words")]
    [InlineData("data[a]: aHVudGVyMg==", "data[a]: ++++++++")]
    [InlineData("data[raw]: //79/A==", "data[raw]: ++++++++")]
    [InlineData("somewhere in 'second line'", "somewhere in '++++++++'")]
    [InlineData("Secret shop/shop-db: abc", "Secret shop/shop-db: abc")]
    public void A_value_is_hidden_in_plain_and_in_base64_and_the_objects_own_name_is_not(string text, string told) => Assert.Equal(told, Values.Hide(text));

    [Fact]
    public void A_refusal_keeps_everything_but_the_values()
    {
        var refusal = new ApiException("create Secret shop/shop-db: hunter2 is weak", 403, "Forbidden", new InvalidOperationException("hunter2"))
        {
            ServerMessage = "hunter2 is weak",
            Causes = ["data.a: hunter2"],
            RetryAfter = TimeSpan.FromSeconds(2),
        };

        var told = refusal.Without(Values);

        Assert.Equal(("create Secret shop/shop-db: ++++++++ is weak", "++++++++ is weak", "data.a: ++++++++"), (told.Message, told.ServerMessage, told.Causes.Single()));
        Assert.Equal((403, "Forbidden", TimeSpan.FromSeconds(2)), (told.Status, told.Reason, told.RetryAfter));
        Assert.DoesNotContain("hunter2", told.ToString(), StringComparison.Ordinal);
    }
}
