using System.Security.Cryptography;
using SecretsOps.Cryptography.Age;

namespace SecretsOps.Cryptography.Tests.Age;

public class CctvTests
{
    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(CctvVector.Folder).Select(path => Path.GetFileName(path)!).Where(name => name != "SOURCE.md").Order(StringComparer.Ordinal)];

    [Fact]
    public void The_suite_is_whole() => Assert.Equal(143, Names.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Vector_is_opened_or_refused_as_it_says(string name)
    {
        var vector = CctvVector.Load(name);

        var (outcome, released) = Decrypt(vector);

        Assert.Equal(vector.Expect, outcome);
        if (vector.Headers["payload"].SingleOrDefault() is { } expectedHash)
        {
            Assert.Equal(expectedHash, Convert.ToHexStringLower(SHA256.HashData(released)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Vector_behaves_the_same_inside_armor_of_ours(string name)
    {
        var vector = CctvVector.Load(name);
        if (vector.Headers["armored"].Any() || vector.Expect == "armor failure")
        {
            return;
        }

        using var armored = new MemoryStream();
        using (var writer = new ArmorWriteStream(armored))
        {
            writer.Write(vector.File);
        }

        var (outcome, _) = Decrypt(vector with { File = armored.ToArray() });
        Assert.Equal(vector.Expect, outcome);
    }

    private static (string Outcome, byte[] Released) Decrypt(CctvVector vector)
    {
        var released = new MemoryStream();
        try
        {
            Stream file = new MemoryStream(vector.File);
            var binary = vector.Headers["armored"].Any() ? new ArmorReadStream(file) : file;
            using var plaintext = AgeFile.OpenRead(binary, vector.Identities());
            plaintext.CopyTo(released);
            return ("success", released.ToArray());
        }
        catch (AgeException refused)
        {
            return (Word(refused.Failure), released.ToArray());
        }
    }

    private static string Word(AgeFailure failure) => failure switch
    {
        AgeFailure.NoMatch => "no match",
        AgeFailure.HeaderMac => "HMAC failure",
        AgeFailure.Header => "header failure",
        AgeFailure.Armor => "armor failure",
        _ => "payload failure",
    };
}
