using System.Text;
using SecretsOps.SealedSecrets.Files;

namespace SecretsOps.SealedSecrets.Tests.Files;

public sealed class SealedSecretFileTests
{
    public static TheoryData<string, string, string> Sets => new()
    {
        { "spec:\n  encryptedData:\n    a: old # why\n", "a", "spec:\n  encryptedData:\n    a: NEW # why\n" },
        { "spec:\n  encryptedData:\n    a: 'old'\n    c: x\n", "b", "spec:\n  encryptedData:\n    a: 'old'\n    b: NEW\n    c: x\n" },
        { "spec:\n  encryptedData:\n    c: x\n    a: y\n  # next\n  template: {}\n", "b", "spec:\n  encryptedData:\n    c: x\n    a: y\n    b: NEW\n  # next\n  template: {}\n" },
        { "spec:\n  encryptedData: {}\n", "a", "spec:\n  encryptedData:\n    a: NEW\n" },
        { "spec:\n  encryptedData: {a: x, b: y}\n", "a", "spec:\n  encryptedData: {a: \"NEW\", b: y}\n" },
        { "spec:\n  encryptedData: {a: x}\n", "b", "spec:\n  encryptedData: {a: x, \"b\": \"NEW\"}\n" },
        { "spec:\n  encryptedData:\n    a: |-\n      old\n    b: y\n", "a", "spec:\n  encryptedData:\n    a: NEW\n    b: y\n" },
        { "spec:\n  encryptedData:\n    a: >-\n      old\n      more\n\n  # comment\n  template: {}\n", "a", "spec:\n  encryptedData:\n    a: NEW\n  # comment\n  template: {}\n" },
        { "# é 🌍 astral\nspec:\n    encryptedData:\n        a: old", "a", "# é 🌍 astral\nspec:\n    encryptedData:\n        a: NEW" },
        { "spec:\n  encryptedData:\n    a: x", "b", "spec:\n  encryptedData:\n    a: x\n    b: NEW\n" },
    };

    [Theory]
    [MemberData(nameof(Sets))]
    public void Setting_a_value_touches_nothing_else(string before, string item, string after)
    {
        const string Head = "kind: SealedSecret\nmetadata: {name: a}\n";
        var file = SealedSecretFile.Parse(Encoding.UTF8.GetBytes("kind: Other\n---\n" + Head + before), "test");

        file.Documents[0].SetEncryptedValue(item, "NEW");

        Assert.Equal("kind: Other\n---\n" + Head + after, file.ToText());
        Assert.Equal("NEW", new SealedSecret(file.Documents[0].Object).EncryptedData[item]);
    }

    [Theory]
    [InlineData("    a: x\n    b: y # gone too\n    c: z\n", "    a: x\n    c: z\n")]
    [InlineData("    b: |\n      y\n    c: z\n", "    c: z\n")]
    [InlineData("    a: x\n    b: y\n", "    a: x\n")]
    public void Removing_a_value_removes_its_lines(string before, string after)
    {
        var file = SealedSecretFile.Parse(Encoding.UTF8.GetBytes("kind: SealedSecret\nspec:\n  encryptedData:\n" + before + "  # end\n"), "test");

        file.Documents[0].RemoveEncryptedValue("b");

        Assert.Equal("kind: SealedSecret\nspec:\n  encryptedData:\n" + after + "  # end\n", file.ToText());
    }

    [Fact]
    public void Removing_the_last_value_leaves_an_empty_map()
    {
        var file = SealedSecretFile.Parse("kind: SealedSecret\nspec:\n  encryptedData:\n    a: x\n  template: {}\n"u8.ToArray(), "test");

        file.Documents[0].RemoveEncryptedValue("a");

        Assert.Equal("kind: SealedSecret\nspec:\n  encryptedData:\n    {}\n  template: {}\n", file.ToText());
        Assert.Empty(new SealedSecret(SealedSecretFile.Parse(Encoding.UTF8.GetBytes(file.ToText()), "test").Documents[0].Object).EncryptedData);
    }

    [Fact]
    public void An_annotation_is_added_where_there_were_none()
    {
        var file = SealedSecretFile.Parse("kind: SealedSecret\nmetadata:\n  name: a\nspec: {encryptedData: {}}\n"u8.ToArray(), "test");

        file.Documents[0].SetAnnotation("secretsops.io/sealed-with", "SHA256:x");

        Assert.Equal("kind: SealedSecret\nmetadata:\n  annotations:\n    secretsops.io/sealed-with: SHA256:x\n  name: a\nspec: {encryptedData: {}}\n", file.ToText());
    }
}
