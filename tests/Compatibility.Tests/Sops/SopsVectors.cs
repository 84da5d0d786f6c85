using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SecretsOps.Cli.Sops;
using SecretsOps.Testing;

namespace SecretsOps.Compatibility.Tests.Sops;

/// <summary>The recorded runs of real sops.</summary>
internal static partial class SopsVectors
{
    public static string Root { get; } = RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sops");

    public static IEnumerable<string> Names => Directory.GetDirectories(Path.Combine(Root, "cases")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public static string DirectoryOf(string name) => Path.Combine(Root, "cases", name);

    /// <summary>The file of a case that begins with a prefix and a dot (<c>plain.</c>, <c>enc.</c>, <c>dec.</c>), or null.</summary>
    public static string? FileOf(string name, string prefix) => Directory.GetFiles(DirectoryOf(name), prefix + ".*").SingleOrDefault();

    public static JsonObject Meta(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(DirectoryOf(name), "meta.json")))!.AsObject();

    /// <summary>The words of a recorded command, without the program.</summary>
    public static List<string> Words(string command) => [.. EditorCommand.Split(command).Skip(1)];

    /// <summary>The exit code and the message of an <c>…-error.txt</c>.</summary>
    public static (int ExitCode, string Message) Error(string path)
    {
        var text = File.ReadAllText(path);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return (int.Parse(text[5..end], System.Globalization.CultureInfo.InvariantCulture), text[(end + 1)..]);
    }

    /// <summary>An encrypted file without what is random: ciphertexts, wrapped keys, times.</summary>
    public static string Masked(string text)
    {
        text = Ciphertext().Replace(text, "data:*,iv:*,tag:*");
        text = Armor().Replace(text, match => "<" + match.Groups[1].Value + ">");
        text = Blob().Replace(text, "$1<blob>");
        return Time().Replace(text, "<time>");
    }

    [GeneratedRegex(@"data:[^,]*,iv:[^,]*,tag:[^,]*(?=,type)")]
    private static partial Regex Ciphertext();

    [GeneratedRegex(@"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", RegexOptions.Singleline)]
    private static partial Regex Armor();

    [GeneratedRegex(@"(enc""?: ""?)(?!\|)[A-Za-z0-9+/=]{60,}")]
    private static partial Regex Blob();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")]
    private static partial Regex Time();
}
