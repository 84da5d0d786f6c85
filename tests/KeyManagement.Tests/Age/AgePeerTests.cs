using System.Text;
using SecretsOps.KeyManagement.Age;
using SecretsOps.Testing.Programs;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests.Age;

/// <summary>Checklist 97, 98 and 107: files of the real age and ours, both ways.</summary>
public sealed class AgePeerTests : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly TestEnvironment _environment = new();

    public static TheoryData<string, string> SshKeys => new()
    {
        { "ed25519", "" },
        { "rsa", "" },
        { "rsa", "-m PEM" },
        { "rsa", "-m PKCS8" },
    };

    public void Dispose() => _environment.Dispose();

    [Fact]
    public async Task Real_age_opens_what_we_wrap_to_an_X25519_recipient()
    {
        var (identityFile, recipient) = await GenerateAsync();

        var wrapped = await _environment.Service().WrapAsync(new AgeMasterKey(recipient), DataKey, default);

        Assert.StartsWith("-----BEGIN AGE ENCRYPTED FILE-----\n", wrapped, StringComparison.Ordinal);
        Assert.EndsWith("-----END AGE ENCRYPTED FILE-----\n", wrapped, StringComparison.Ordinal);
        Assert.Equal(DataKey, await AgeDecryptAsync(wrapped, identityFile));
    }

    [Fact]
    public async Task We_open_what_real_age_writes_to_an_X25519_recipient()
    {
        var (identityFile, recipient) = await GenerateAsync();
        _environment["SOPS_AGE_KEY_FILE"] = identityFile;

        var file = await AgeEncryptAsync("-r", recipient);

        using var dataKey = await _environment.Service().UnwrapAsync(new AgeMasterKey(recipient), file, default);
        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }

    [Theory]
    [MemberData(nameof(SshKeys))]
    public async Task Ssh_keys_work_both_ways(string type, string format)
    {
        var path = _environment.Home.Combine("key");
        (await ExternalProgram.RunAsync(ExternalPrograms.SshKeygen, ["-q", "-t", type, "-N", "", "-f", path, .. Words(format)])).ShouldSucceed();
        var recipient = (await File.ReadAllTextAsync(path + ".pub")).Trim();
        _environment["SOPS_AGE_SSH_PRIVATE_KEY_FILE"] = path;
        var service = _environment.Service();

        var ours = await service.WrapAsync(new AgeMasterKey(recipient), DataKey, default);
        var theirs = await AgeEncryptAsync("-R", path + ".pub");

        Assert.Equal(DataKey, await AgeDecryptAsync(ours, path));
        using var dataKey = await service.UnwrapAsync(new AgeMasterKey(recipient), theirs, default);
        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }

    [Theory]
    [InlineData("ed25519", "")]
    [InlineData("ed25519", "-Z aes256-cbc -a 7")]
    [InlineData("ed25519", "-Z aes128-ctr")]
    [InlineData("rsa", "")]
    [InlineData("rsa", "-m PEM")]
    [InlineData("rsa", "-m PKCS8")]
    public async Task Encrypted_ssh_keys_ask_for_their_passphrase_once(string type, string format)
    {
        var path = _environment.Home.Combine("key");
        (await ExternalProgram.RunAsync(ExternalPrograms.SshKeygen, ["-q", "-t", type, "-N", "correct horse", "-f", path, .. Words(format)])).ShouldSucceed();
        var recipient = (await File.ReadAllTextAsync(path + ".pub")).Trim();
        _environment["SOPS_AGE_SSH_PRIVATE_KEY_FILE"] = path;
        _environment.Person.Answer = "correct horse";
        var service = _environment.Service();
        var wrapped = await service.WrapAsync(new AgeMasterKey(recipient), DataKey, default);

        using var first = await service.UnwrapAsync(new AgeMasterKey(recipient), wrapped, default);
        using var second = await service.UnwrapAsync(new AgeMasterKey(recipient), wrapped, default);

        Assert.Equal(DataKey, first.Span.ToArray());
        Assert.Equal(DataKey, second.Span.ToArray());
        Assert.Single(_environment.Person.Questions);
    }

    [Theory]
    [InlineData("ed25519", "")]
    [InlineData("rsa", "-m PKCS8")]
    public async Task A_wrong_passphrase_of_an_ssh_key_is_said_to_be_wrong(string type, string format)
    {
        var path = _environment.Home.Combine("key");
        (await ExternalProgram.RunAsync(ExternalPrograms.SshKeygen, ["-q", "-t", type, "-N", "correct horse", "-f", path, .. Words(format)])).ShouldSucceed();
        var recipient = (await File.ReadAllTextAsync(path + ".pub")).Trim();
        _environment["SOPS_AGE_SSH_PRIVATE_KEY_FILE"] = path;
        _environment.Person.Answer = "battery staple";
        var service = _environment.Service();
        var wrapped = await service.WrapAsync(new AgeMasterKey(recipient), DataKey, default);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => service.UnwrapAsync(new AgeMasterKey(recipient), wrapped, default));

        Assert.Contains("passphrase", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("battery", refused.Message, StringComparison.Ordinal);
    }

    private async Task<(string IdentityFile, string Recipient)> GenerateAsync()
    {
        var path = _environment.Home.Combine("keys.txt");
        (await ExternalProgram.RunAsync(ExternalPrograms.AgeKeygen, ["-o", path])).ShouldSucceed();
        var recipient = (await ExternalProgram.RunAsync(ExternalPrograms.AgeKeygen, ["-y", path])).ShouldSucceed();
        return (path, recipient.StandardOutput.Trim());
    }

    private static async Task<string> AgeEncryptAsync(params string[] recipient) =>
        (await ExternalProgram.RunAsync(ExternalPrograms.Age, ["-a", .. recipient], new RunOptions { StandardInput = DataKey })).ShouldSucceed().StandardOutput;

    private static async Task<byte[]> AgeDecryptAsync(string file, string identityFile)
    {
        var options = new RunOptions { StandardInput = Encoding.ASCII.GetBytes(file) };
        return Encoding.ASCII.GetBytes((await ExternalProgram.RunAsync(ExternalPrograms.Age, ["-d", "-i", identityFile], options)).ShouldSucceed().StandardOutput);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
