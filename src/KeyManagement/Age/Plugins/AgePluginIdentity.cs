using SecretsOps.Cryptography;
using SecretsOps.Cryptography.Age;
using SecretsOps.Cryptography.Bech32;

namespace SecretsOps.KeyManagement.Age.Plugins;

/// <summary>An identity that a plugin uses, <c>AGE-PLUGIN-NAME-1…</c>.</summary>
internal sealed class AgePluginIdentity : AgeIdentity
{
    public const string Prefix = "AGE-PLUGIN-";

    private readonly string _text;
    private readonly string _plugin;
    private readonly KeyEnvironment _environment;

    private AgePluginIdentity(string text, string plugin, KeyEnvironment environment)
    {
        _text = text;
        _plugin = plugin;
        _environment = environment;
    }

    public static AgePluginIdentity Parse(string text, KeyEnvironment environment)
    {
        if (!Bech32Text.TryDecode(text, out var prefix, out _)
            || !prefix.EndsWith('-')
            || prefix.Length <= Prefix.Length + 1
            || char.IsAsciiLetterLower(text[0]))
        {
            throw new AgeException(AgeFailure.Header, "malformed plugin identity: expected 'AGE-PLUGIN-NAME-1…' with its checksum");
        }

        return new(text, AgePluginName.Check(prefix[Prefix.Length..^1]), environment);
    }

    public override SecretBytes? TryUnwrap(IReadOnlyList<Stanza> stanzas)
    {
        using var session = new AgePluginSession(_plugin, "identity-v1", _environment);
        session.Send("add-identity", [_text]);
        foreach (var stanza in stanzas)
        {
            session.Send("recipient-stanza", ["0", stanza.Type, .. stanza.Arguments], stanza.Body);
        }

        SecretBytes? fileKey = null;
        session.Converse(command =>
        {
            if (command is not { Type: "file-key", Arguments: ["0"], Body.Length: 16 } || fileKey is not null)
            {
                return false;
            }

            fileKey = new SecretBytes(command.Body.Span);
            return true;
        });
        return fileKey;
    }
}
