using System.Text;
using SecretsOps.Cryptography.Bech32;
using SecretsOps.KeyManagement.Age;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests.Age;

/// <summary>Checklist 106: plugins, by a small one of the tests' own that speaks the protocol in a shell script.</summary>
public sealed class AgePluginTests : IDisposable
{
    // Keeps the file key as the stanza's body, asks for a secret before it opens, and greases the conversation.
    private const string Plugin = """
        #!/bin/sh
        state=
        case "$1" in --age-plugin=recipient-v1) state=r ;; --age-plugin=identity-v1) state=i ;; esac
        body=
        while read -r mark type rest; do
          read -r line
          [ "$type" = wrap-file-key ] && body=$line
          [ "$type" = recipient-stanza ] && body=$line && what=$rest
          [ "$type" = add-recipient ] && recipient=$rest
          [ "$type" = done ] && break
        done
        say() { printf '%s\n' "$@"; }
        hear() { read -r _ answer rest; read -r line; }
        say '-> grease-xyz with arguments' ''; hear; [ "$answer" = unsupported ] || exit 3
        if [ $state = r ]; then
          say "-> recipient-stanza 0 toy $recipient" "$body"; hear
          say '-> labels toy' ''; hear
        else
          say '-> msg' 'dG91Y2ggdGhlIGtleQ'; hear
          say '-> request-secret' 'UElO'; hear
          [ "$answer $line" = 'ok MTIzNA' ] || { say '-> error identity 0' 'd3JvbmcgUElO'; hear; say '-> done' ''; exit 0; }
          case "$what" in "0 toy "*) say '-> file-key 0' "$body"; hear ;; esac
        fi
        say '-> done' ''
        """;

    private static readonly byte[] DataKey = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    private readonly TestEnvironment _environment = new();
    private readonly AgeMasterKey _key = new(Bech32Text.Encode("age1toy", [1, 2, 3]));

    public AgePluginTests()
    {
        _environment.Home.WriteProgram("bin/age-plugin-toy", Plugin);
        _environment["PATH"] = $"{_environment.Home.Combine("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        _environment["SOPS_AGE_KEY"] = Bech32Text.Encode("age-plugin-toy-", [4, 5, 6]).ToUpperInvariant();
    }

    public void Dispose() => _environment.Dispose();

    [Fact]
    public async Task A_plugin_wraps_and_unwraps_and_may_ask_the_person()
    {
        _environment.Person.Answer = "1234";
        var service = _environment.Service();

        using var dataKey = await service.UnwrapAsync(_key, await service.WrapAsync(_key, DataKey, default), default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
        Assert.Equal(["age-plugin-toy: touch the key", "age-plugin-toy: PIN "], _environment.Person.Questions);
    }

    [Fact]
    public async Task A_plugins_error_is_told()
    {
        _environment.Person.Answer = "0000";
        var service = _environment.Service();
        var wrapped = await service.WrapAsync(_key, DataKey, default);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => service.UnwrapAsync(_key, wrapped, default));

        Assert.Contains("'age-plugin-toy' reports: wrong PIN", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_plugin_is_named()
    {
        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => _environment.Service().WrapAsync(new AgeMasterKey(Bech32Text.Encode("age1absent", [1])), DataKey, default));

        Assert.Contains("'age-plugin-absent' was not found in PATH", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_breaks_off_is_refused()
    {
        _environment.Home.WriteProgram("bin/age-plugin-dead", "#!/bin/sh\nexit 0\n");

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => _environment.Service().WrapAsync(new AgeMasterKey(Bech32Text.Encode("age1dead", [1])), DataKey, default));

        Assert.Contains("'age-plugin-dead'", refused.Message, StringComparison.Ordinal);
    }
}
