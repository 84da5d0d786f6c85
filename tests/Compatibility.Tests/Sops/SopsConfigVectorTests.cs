using System.Text.Json.Nodes;
using SecretsOps.Sops;
using SecretsOps.Sops.Metadata;

namespace SecretsOps.Compatibility.Tests.Sops;

public sealed class SopsConfigVectorTests
{
    private static readonly string Root = Path.Combine(SopsVectors.Root, "config");

    public static TheoryData<string> Files => [.. Expected().Select(pair => pair.Key)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Encrypt_takes_the_rule_that_sops_took(string file)
    {
        var expected = Expected()[file]!.AsObject();
        var run = await SopsRun.StartAsync(Root, SopsIdentities.All, "encrypt", file);

        if (expected["error"] is { } error)
        {
            Assert.Equal((expected["exit"]!.GetValue<int>(), error.GetValue<string>() + "\n"), (run.ExitCode, run.Error));
            return;
        }

        Assert.Equal("", run.Error);
        Check(expected, SopsFile.TryReadMetadata(run.Output, SopsFormats.ForPath(file))!);
        Assert.Equal(SopsVectors.Masked(File.ReadAllText(Path.Combine(SopsVectors.Root, "config-encrypted", file))), SopsVectors.Masked(run.Text));
    }

    private static void Check(JsonObject expected, SopsMetadata metadata)
    {
        var groups = expected["key_groups"]?.AsArray().Select(group => group!.AsObject()).ToList() ?? [expected];
        Assert.Equal(groups.Count, metadata.KeyGroups.Count);
        for (var index = 0; index < groups.Count; index++)
        {
            Assert.Equal(Keys(groups[index], "age"), Keys(metadata.KeyGroups[index], "age"));
            Assert.Equal(Keys(groups[index], "pgp"), Keys(metadata.KeyGroups[index], "pgp"));
            Assert.Equal(Keys(groups[index], "kms"), Keys(metadata.KeyGroups[index], "kms"));
        }

        Assert.Equal(expected["shamir_threshold"]?.GetValue<int>() ?? 0, metadata.ShamirThreshold);
        Assert.Equal(expected["mac_only_encrypted"]?.GetValue<bool>() ?? false, metadata.IsMacOnlyEncrypted);
    }

    private static IEnumerable<string> Keys(JsonObject group, string type) => group[type]?.AsArray().Select(key => key!.GetValue<string>()) ?? [];

    private static IEnumerable<string> Keys(KeyGroup group, string type) => group.Keys.Where(key => key.Key.TypeName == type).Select(key => key.Key.Identity);

    private static JsonObject Expected() => JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "expected.json")))!.AsObject();
}
