using SecretsOps.Cryptography.Age;

namespace SecretsOps.KeyManagement.Age.Plugins;

/// <summary>A recipient whose stanzas a plugin makes, <c>age1NAME1…</c>.</summary>
internal sealed class AgePluginRecipient(string text, KeyEnvironment environment) : AgeRecipient
{
    public override IReadOnlyList<Stanza> Wrap(ReadOnlySpan<byte> fileKey)
    {
        using var session = new AgePluginSession(AgePluginName.Check(PluginName(text)), "recipient-v1", environment);
        session.Send("add-recipient", [text]);
        session.Send("wrap-file-key", body: fileKey.ToArray());
        session.Send("extension-labels");
        List<Stanza> stanzas = [];
        session.Converse(command => Take(command, stanzas));
        return stanzas.Count > 0 ? stanzas : throw session.Broken("gave no stanza for the recipient");
    }

    private static bool Take(Stanza command, List<Stanza> stanzas)
    {
        if (command is { Type: "recipient-stanza", Arguments: ["0", var type, ..] })
        {
            stanzas.Add(new Stanza(type, [.. command.Arguments.Skip(2)], command.Body));
            return true;
        }

        return command.Type == "labels"; // one recipient a file: nothing to compare them with
    }
}
