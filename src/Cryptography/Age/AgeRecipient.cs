using SecretsOps.Cryptography.Age.Ssh;

namespace SecretsOps.Cryptography.Age;

/// <summary>Whom a file is encrypted to.</summary>
public abstract class AgeRecipient
{
    /// <summary>The labels of this recipient; all recipients of one file must have the same.</summary>
    /// <remarks>A hybrid recipient has <c>postquantum</c>: beside an ordinary one it would protect nothing.</remarks>
    public virtual IReadOnlyList<string> Labels => [];

    /// <summary>Wraps the file key into one or more stanzas.</summary>
    public abstract IReadOnlyList<Stanza> Wrap(ReadOnlySpan<byte> fileKey);

    /// <summary>Reads a recipient's text: <c>age1…</c>, <c>age1pq1…</c>, <c>ssh-ed25519 …</c> or <c>ssh-rsa …</c>.</summary>
    /// <exception cref="AgeException">The text is none of these, or a plugin's.</exception>
    public static AgeRecipient Parse(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.StartsWith("age1pq1", StringComparison.Ordinal))
        {
            return HybridRecipient.Parse(trimmed);
        }

        if (IsPluginText(trimmed))
        {
            throw new AgeException(AgeFailure.Header, $"the recipient '{trimmed}' belongs to the plugin 'age-plugin-{PluginName(trimmed)}'");
        }

        if (trimmed.StartsWith("age1", StringComparison.Ordinal))
        {
            return X25519Recipient.Parse(trimmed);
        }

        return trimmed.StartsWith("ssh-", StringComparison.Ordinal)
            ? SshRecipient.Parse(trimmed)
            : throw new AgeException(AgeFailure.Header, $"failed to parse input, unknown recipient type: \"{trimmed}\"");
    }

    /// <summary>Whether the text is a recipient of a plugin: <c>age1NAME1…</c>.</summary>
    public static bool IsPluginText(string text) =>
        text.StartsWith("age1", StringComparison.Ordinal)
        && !text.StartsWith("age1pq1", StringComparison.Ordinal)
        && text.LastIndexOf('1') > 3;

    /// <summary>The plugin's name in a recipient for which <see cref="IsPluginText"/> holds.</summary>
    public static string PluginName(string text) => text[4..text.LastIndexOf('1')];
}
