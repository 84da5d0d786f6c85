using System.Text;
using SecretsOps.KeyManagement.OpenPgp;
using SecretsOps.Testing.Programs;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests.OpenPgp;

/// <summary>Checklist 109 to 111: messages of the real gpg and ours, both ways.</summary>
public sealed class GpgPeerTests : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly TestEnvironment _environment = new();

    public GpgPeerTests() => _environment["GNUPGHOME"] = _environment.Home.Path;

    public static TheoryData<string, string> Keys => new()
    {
        { "rsa2048", "" },
        { "ed25519", "cv25519" },
        { "rsa2048", "rsa3072" },
    };

    public void Dispose()
    {
        ExternalProgram.Run(ExternalPrograms.Debian("gpgconf"), ["--homedir", _environment.Home.Path, "--kill", "gpg-agent"]);
        _environment.Dispose();
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task We_open_what_gpg_writes_with_an_exported_key(string primary, string subkey)
    {
        var fingerprint = await GenerateAsync(primary, subkey, passphrase: "");
        var exported = await GpgAsync("--armor", "--export-secret-keys", fingerprint);
        var service = new LocalKeyService(KeyCredentials.FromSecretData(new Dictionary<string, byte[]> { ["k.asc"] = Encoding.ASCII.GetBytes(exported) }));

        using var dataKey = await service.UnwrapAsync(new OpenPgpMasterKey(fingerprint), await GpgEncryptAsync(fingerprint), default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task We_open_what_gpg_writes_with_the_keys_of_its_store_and_without_gpg(string primary, string subkey)
    {
        var fingerprint = await GenerateAsync(primary, subkey, passphrase: "");
        var message = await GpgEncryptAsync(fingerprint);
        _environment["SOPS_GPG_EXEC"] = "/nonexistent/gpg";

        using var dataKey = await _environment.Service().UnwrapAsync(new OpenPgpMasterKey(fingerprint), message, default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Gpg_opens_what_we_wrap_to_a_key_of_its_store(string primary, string subkey)
    {
        var fingerprint = await GenerateAsync(primary, subkey, passphrase: "");
        _environment["SOPS_GPG_EXEC"] = "/nonexistent/gpg";

        var wrapped = await _environment.Service().WrapAsync(new OpenPgpMasterKey(Spaced(fingerprint)), DataKey, default);

        Assert.StartsWith("-----BEGIN PGP MESSAGE-----\n\n", wrapped, StringComparison.Ordinal);
        Assert.EndsWith("-----END PGP MESSAGE-----", wrapped, StringComparison.Ordinal);
        Assert.Equal(DataKey, await GpgDecryptAsync(wrapped));
    }

    [Fact]
    public async Task A_trailing_exclamation_mark_selects_exactly_that_subkey()
    {
        var fingerprint = await GenerateAsync("rsa2048", "rsa2048", passphrase: "");
        await GpgAsync("--batch", "--passphrase", "", "--quick-add-key", fingerprint, "cv25519", "encr", "never");
        var subkeys = (await GpgAsync("--list-keys", "--with-colons", "--with-subkey-fingerprint", fingerprint)).Split('\n')
            .Where(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Select(line => line.Split(':')[9]).ToArray();
        _environment["SOPS_GPG_EXEC"] = "/nonexistent/gpg";
        Assert.Equal(3, subkeys.Length);

        foreach (var subkey in subkeys[1..])
        {
            var wrapped = await _environment.Service().WrapAsync(new OpenPgpMasterKey(subkey + "!"), DataKey, default);

            var packets = await ExternalProgram.RunAsync(ExternalPrograms.Gpg, ["--homedir", _environment.Home.Path, "--batch", "--list-packets"], new RunOptions { StandardInput = Encoding.ASCII.GetBytes(wrapped) });
            Assert.Contains($"keyid {subkey[^16..]}", packets.StandardOutput, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_exported_key_with_a_passphrase_asks_for_it()
    {
        var fingerprint = await GenerateAsync("ed25519", "cv25519", passphrase: "correct horse");
        var exported = await GpgAsync("--batch", "--pinentry-mode", "loopback", "--passphrase", "correct horse", "--armor", "--export-secret-keys", fingerprint);
        var message = await GpgEncryptAsync(fingerprint);
        using var elsewhere = new TestEnvironment();
        elsewhere["SOPS_GPG_EXEC"] = "/nonexistent/gpg";
        await File.WriteAllBytesAsync(elsewhere.Home.Combine("k.asc"), Encoding.ASCII.GetBytes(exported));
        Directory.CreateDirectory(elsewhere.Home.Combine(".gnupg"));
        var dearmored = await ExternalProgram.RunAsync(ExternalPrograms.Gpg, ["--homedir", _environment.Home.Path, "--output", elsewhere.Home.Combine(".gnupg", "secring.gpg"), "--dearmor", elsewhere.Home.Combine("k.asc")]);
        dearmored.ShouldSucceed();
        elsewhere.Person.Answer = "correct horse";

        using var dataKey = await elsewhere.Service().UnwrapAsync(new OpenPgpMasterKey(fingerprint), message, default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
        Assert.Single(elsewhere.Person.Questions);
    }

    [Fact]
    public async Task A_key_behind_the_agent_is_used_through_gpg()
    {
        var fingerprint = await GenerateAsync("ed25519", "cv25519", passphrase: "correct horse");
        var message = await GpgEncryptAsync(fingerprint);
        await GpgAsync("--batch", "--pinentry-mode", "loopback", "--passphrase", "correct horse", "-o", "/dev/null", "--decrypt", await WriteAsync(message)); // the agent now remembers

        using var dataKey = await _environment.Service().UnwrapAsync(new OpenPgpMasterKey(fingerprint), message, default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }

    [Fact]
    public async Task Without_any_key_the_refusal_names_both_ways_that_failed()
    {
        var fingerprint = await GenerateAsync("ed25519", "cv25519", passphrase: "");
        var message = await GpgEncryptAsync(fingerprint);
        using var elsewhere = new TestEnvironment();

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => elsewhere.Service().UnwrapAsync(new OpenPgpMasterKey(fingerprint), message, default));

        Assert.Contains(fingerprint, refused.Message, StringComparison.Ordinal);
        Assert.Contains("no private key for", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("GnuPG binary error", refused.Reason, StringComparison.Ordinal);
    }

    private async Task<string> GenerateAsync(string primary, string subkey, string passphrase)
    {
        string[] common = ["--batch", "--pinentry-mode", "loopback", "--passphrase", passphrase];
        await GpgAsync([.. common, "--quick-generate-key", "test@example.org", primary, subkey.Length == 0 ? "default" : "sign", "never"]);
        var listing = await GpgAsync("--list-keys", "--with-colons");
        var fingerprint = listing.Split('\n').First(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];
        await GpgAsync([.. common, "--quick-add-key", fingerprint, subkey.Length == 0 ? primary : subkey, "encr", "never"]);
        return fingerprint;
    }

    private async Task<string> GpgEncryptAsync(string fingerprint) =>
        (await RunAsync(["--armor", "--trust-model", "always", "--encrypt", "-r", fingerprint], DataKey)).ShouldSucceed().StandardOutput;

    private async Task<byte[]> GpgDecryptAsync(string message) =>
        Encoding.ASCII.GetBytes((await RunAsync(["--decrypt"], Encoding.ASCII.GetBytes(message))).ShouldSucceed().StandardOutput);

    private async Task<string> GpgAsync(params string[] arguments) => (await RunAsync(arguments, null)).ShouldSucceed().StandardOutput;

    private Task<ProgramResult> RunAsync(string[] arguments, byte[]? input) =>
        ExternalProgram.RunAsync(ExternalPrograms.Gpg, ["--homedir", _environment.Home.Path, .. arguments], new RunOptions { StandardInput = input });

    private async Task<string> WriteAsync(string message)
    {
        var path = _environment.Home.Combine("message.asc");
        await File.WriteAllTextAsync(path, message);
        return path;
    }

    private static string Spaced(string fingerprint) => string.Join(' ', fingerprint.Chunk(4).Select(part => new string(part)));
}
