using System.Text;
using System.Text.RegularExpressions;
using SecretsOps.Cli;
using SecretsOps.Testing;

namespace SecretsOps.Compatibility.Tests.Sops;

/// <summary>A directory with the first age key at hand, to run commands in.</summary>
internal sealed partial class Workbench : IDisposable
{
    public const string Age1 = "age1ldnmwjd5jd6kdsnufac8lphmvdzr2j26hayy2cqwldkra28drerqhlcwjd";
    public const string Age2 = "age1xr2mxxatk8jugxd3larsr8lkdhjcr9k6x4d9x5w97z53pq88gvase4vrp4";
    public const string Age3 = "age1pjjn6znfrksnx6kc7axmek83rt3lp8dhapueydq25qkdeyua8fzqpe0xaz";

    private readonly TemporaryDirectory _directory = new();

    public Dictionary<string, string> Variables { get; } = SopsIdentities.With("age1.txt");

    public byte[] Input { get; set; } = [];

    public string Path => _directory.Path;

    public string Write(string name, string text) => _directory.Write(name, text);

    public string Text(string name) => File.ReadAllText(_directory.Combine(name));

    public byte[] Bytes(string name) => File.ReadAllBytes(_directory.Combine(name));

    public void Replace(string name, string old, string replacement)
    {
        Assert.Contains(old, Text(name), StringComparison.Ordinal);
        Write(name, Text(name).Replace(old, replacement, StringComparison.Ordinal));
    }

    public Task<SopsRun> SopsAsync(params IReadOnlyList<string> arguments) => RunAsync("sops", arguments);

    public Task<SopsRun> SecretsOpsAsync(params IReadOnlyList<string> arguments) => RunAsync("secretsops", arguments);

    public async Task<SopsRun> RunAsync(string program, IReadOnlyList<string> arguments)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var environment = new CliEnvironment
        {
            Input = new MemoryStream(Input),
            Output = output,
            Error = error,
            Variables = Variables,
            CurrentDirectory = Path,
        };
        var exitCode = await Program.RunAsync(program, [.. arguments], environment, CancellationToken.None);
        return new SopsRun(exitCode, output.ToArray(), Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>Writes a plaintext, encrypts it in place for the first key, and gives the encrypted text.</summary>
    public async Task<string> EncryptAsync(string name, string text, params IReadOnlyList<string> options)
    {
        Write(name, text);
        var run = await SopsAsync(["encrypt", "-i", "--age", Age1, .. options, name]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return Text(name);
    }

    /// <summary>Decrypts to standard output and expects success.</summary>
    public async Task<string> DecryptAsync(string name, params IReadOnlyList<string> options)
    {
        var run = await SopsAsync(["decrypt", .. options, name]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Text;
    }

    public async Task<string> RoundTripAsync(string name, string text, params IReadOnlyList<string> options)
    {
        await EncryptAsync(name, text, options);
        return await DecryptAsync(name);
    }

    /// <summary>The types of all encrypted values of a text, in order, metadata left out.</summary>
    public static string TypesIn(string encrypted) => string.Join(' ', TypePattern().Matches(encrypted.Split("sops:")[0].Split("\"sops\"")[0]).Select(match => match.Groups[1].Value));

    public void Dispose() => _directory.Dispose();

    [GeneratedRegex(@"type:(\w+)\]")]
    private static partial Regex TypePattern();
}
