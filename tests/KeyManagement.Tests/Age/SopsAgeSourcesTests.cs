using System.Text;
using SecretsOps.Cryptography.Age;
using SecretsOps.KeyManagement.Age;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests.Age;

/// <summary>Checklist 100 to 105: every place where sops looks for age identities, all merged.</summary>
public sealed class SopsAgeSourcesTests : IDisposable
{
    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly TestEnvironment _environment = new();
    private readonly X25519Identity _identity = X25519Identity.Generate();
    private readonly X25519Identity _stranger = X25519Identity.Generate();

    private AgeMasterKey Key => new(_identity.Recipient.ToString());

    public void Dispose() => _environment.Dispose();

    [Fact]
    public async Task Sops_age_key_holds_several_identities_separated_by_any_white_space()
    {
        _environment["SOPS_AGE_KEY"] = $"# a comment\n{_stranger.ToSecretText()} {_identity.ToSecretText()}\n";

        await AssertUnwrapsAsync();
    }

    [Fact]
    public async Task Key_file_and_user_file_are_merged()
    {
        _environment["SOPS_AGE_KEY_FILE"] = _environment.Home.Write("foreign.txt", _stranger.ToSecretText() + "\n");
        _environment.Home.Write(".config/sops/age/keys.txt", $"# created\r\n{_identity.ToSecretText()}\r\n");

        await AssertUnwrapsAsync();
    }

    [Fact]
    public async Task The_user_file_follows_xdg_config_home()
    {
        _environment["XDG_CONFIG_HOME"] = _environment.Home.Combine("xdg");
        _environment.Home.Write("xdg/sops/age/keys.txt", _identity.ToSecretText());

        await AssertUnwrapsAsync();
    }

    [Fact]
    public async Task The_key_command_runs_without_shell_and_is_told_the_recipient()
    {
        var script = Script("give-key", $"""
            [ "$1" = 'a;b c' ] && [ "$SOPS_AGE_RECIPIENT" = '{_identity.Recipient}' ] && echo '{_identity.ToSecretText()}'
            """);
        _environment["SOPS_AGE_KEY_CMD"] = $"'{script}' \"a;b c\"";

        await AssertUnwrapsAsync();
    }

    [Fact]
    public async Task A_source_that_fails_is_told_only_when_no_other_opens_the_key()
    {
        _environment["SOPS_AGE_KEY_FILE"] = "/nonexistent";
        _environment["SOPS_AGE_KEY"] = _identity.ToSecretText();

        await AssertUnwrapsAsync();
    }

    [Fact]
    public async Task With_no_identity_every_place_is_named_as_sops_names_it()
    {
        _environment["SOPS_AGE_KEY_FILE"] = "/nonexistent/identities.txt";

        var refused = await Assert.ThrowsAsync<MasterKeyException>(AssertUnwrapsAsync);

        var home = _environment.Home.Path;
        Assert.Equal(
            "failed to load age identities. Errors while loading age identities: failed to open SOPS_AGE_KEY_FILE file: open /nonexistent/identities.txt: no such file or directory. "
            + "Did not find keys in locations 'SOPS_AGE_SSH_PRIVATE_KEY_FILE', 'SOPS_AGE_SSH_PRIVATE_KEY_CMD', "
            + $"'{home}/.ssh/id_ed25519', '{home}/.ssh/id_rsa', 'SOPS_AGE_KEY', 'SOPS_AGE_KEY_CMD', and '{home}/.config/sops/age/keys.txt'.",
            refused.Reason);
    }

    [Fact]
    public async Task A_foreign_identity_is_refused_in_the_words_of_sops()
    {
        _environment["SOPS_AGE_KEY"] = _stranger.ToSecretText();

        var refused = await Assert.ThrowsAsync<MasterKeyException>(AssertUnwrapsAsync);

        Assert.StartsWith(
            "failed to create reader for decrypting sops data key with age: identity did not match any of the recipients: incorrect identity for recipient block.",
            refused.Reason,
            StringComparison.Ordinal);
        Assert.DoesNotContain(_stranger.ToSecretText(), refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AgeEncoding.Binary)]
    [InlineData(AgeEncoding.Armored)]
    public async Task An_identity_file_with_a_passphrase_asks_for_it(AgeEncoding encoding)
    {
        using var passphrase = new Cryptography.SecretBytes("correct horse"u8);
        var locked = AgeFile.Encrypt(Encoding.ASCII.GetBytes(_identity.ToSecretText()), [new ScryptRecipient(passphrase) { WorkFactor = 10 }], encoding);
        var path = _environment.Home.Combine("keys.age");
        await File.WriteAllBytesAsync(path, locked);
        _environment["SOPS_AGE_KEY_FILE"] = path;
        _environment.Person.Answer = "correct horse";

        await AssertUnwrapsAsync();

        Assert.Single(_environment.Person.Questions);
    }

    [Fact]
    public async Task A_bad_line_is_named_by_its_number_and_never_shown()
    {
        _environment["SOPS_AGE_KEY_FILE"] = _environment.Home.Write("keys.txt", $"# one\n{_stranger.ToSecretText()}\nAGE-SECRET-KEY-1BROKENSECRET\n");

        var refused = await Assert.ThrowsAsync<MasterKeyException>(AssertUnwrapsAsync);

        Assert.Contains("line 3", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("BROKENSECRET", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("foo", "unknown recipient type: \"foo\"")]
    [InlineData("age1qqqq", "malformed recipient")]
    [InlineData("ssh-dss AAAAB3NzaC1kc3MAAAA=", "ssh-dss")]
    public async Task Other_recipients_are_refused(string recipient, string word)
    {
        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => _environment.Service().WrapAsync(new AgeMasterKey(recipient), DataKey, default));

        Assert.Contains(word, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clusters_secret_gives_its_agekey_entries_and_nothing_else_counts()
    {
        var wrapped = await _environment.Service().WrapAsync(Key, DataKey, default);
        var service = new LocalKeyService(KeyCredentials.FromSecretData(new Dictionary<string, byte[]>
        {
            ["one.agekey"] = Encoding.ASCII.GetBytes(_stranger.ToSecretText()),
            ["two.agekey"] = Encoding.ASCII.GetBytes("# comment\n" + _identity.ToSecretText()),
            ["ignored.txt"] = [1, 2, 3],
        }));

        using var dataKey = await service.UnwrapAsync(Key, wrapped, default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }

    [Fact]
    public async Task Hybrid_keys_wrap_and_unwrap()
    {
        var identity = HybridIdentity.Generate();
        var key = new AgeMasterKey(identity.Recipient.ToString());
        _environment["SOPS_AGE_KEY"] = identity.ToSecretText();
        var service = _environment.Service();

        using var dataKey = await service.UnwrapAsync(key, await service.WrapAsync(key, DataKey, default), default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }

    private async Task AssertUnwrapsAsync()
    {
        var service = _environment.Service();
        using var dataKey = await service.UnwrapAsync(Key, await service.WrapAsync(Key, DataKey, default), default);
        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }

    private string Script(string name, string body) => _environment.Home.WriteProgram(name, "#!/bin/sh\n" + body);
}
