using System.Globalization;

namespace SecretsOps.Cryptography.Age;

/// <summary>Opens a file with its passphrase.</summary>
public sealed class ScryptIdentity(SecretBytes passphrase) : AgeIdentity
{
    // As the reference implementation: 2^22 rounds take 4 GiB and some 15 seconds.
    private const int DefaultMaximumWorkFactor = 22;

    /// <summary>The largest work factor accepted, so that a hostile file cannot take all memory.</summary>
    public int MaximumWorkFactor { get; init; } = DefaultMaximumWorkFactor;

    /// <inheritdoc/>
    public override SecretBytes? TryUnwrap(IReadOnlyList<Stanza> stanzas)
    {
        var stanza = stanzas.FirstOrDefault(candidate => candidate.Type == ScryptRecipient.StanzaType);
        if (stanza is null)
        {
            return null;
        }

        if (stanza.Arguments is not [var saltText, var workFactorText]
            || !UnpaddedBase64.TryDecode(saltText, out var salt)
            || salt.Length != ScryptRecipient.SaltSize
            || stanza.Body.Length != FileKeyWrap.WrappedSize)
        {
            throw AgeHeader.Malformed("invalid scrypt recipient block");
        }

        using var wrapKey = ScryptRecipient.DeriveWrapKey(passphrase, salt, ParseWorkFactor(workFactorText));
        return FileKeyWrap.TryUnwrap(wrapKey.Span, stanza.Body.Span);
    }

    private int ParseWorkFactor(string text)
    {
        if (text[0] is < '1' or > '9'
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var workFactor)
            || workFactor > MaximumWorkFactor)
        {
            throw AgeHeader.Malformed($"the scrypt work factor '{text}' is not a number up to {MaximumWorkFactor}");
        }

        return workFactor;
    }
}
