using System.Globalization;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;

namespace SecretsOps.Cryptography.Age;

// -> scrypt SALT WORK-FACTOR      SALT 16 bytes, WORK-FACTOR = log2 N in decimal; the only stanza of its file
// body: ChaCha20-Poly1305 of the file key under
//   scrypt(passphrase, salt = "age-encryption.org/v1/scrypt" | SALT, N = 2^WORK-FACTOR, r = 8, p = 1)

/// <summary>Encrypts to whoever knows a passphrase.</summary>
public sealed class ScryptRecipient(SecretBytes passphrase) : AgeRecipient
{
    internal const string StanzaType = "scrypt";
    internal const int SaltSize = 16;
    private const int DefaultWorkFactor = 18;

    private readonly string _label = Convert.ToHexString(RandomNumberGenerator.GetBytes(SaltSize));

    /// <summary>The base-2 logarithm of the number of rounds: 18 takes about a second.</summary>
    public int WorkFactor { get; init; } = DefaultWorkFactor;

    /// <summary>A label that no other recipient has, so that a passphrase stays alone in its file.</summary>
    public override IReadOnlyList<string> Labels => [_label];

    /// <inheritdoc/>
    public override IReadOnlyList<Stanza> Wrap(ReadOnlySpan<byte> fileKey)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        using var wrapKey = DeriveWrapKey(passphrase, salt, WorkFactor);
        var body = FileKeyWrap.Wrap(wrapKey.Span, fileKey);
        return [new Stanza(StanzaType, [UnpaddedBase64.Encode(salt), WorkFactor.ToString(CultureInfo.InvariantCulture)], body)];
    }

    internal static SecretBytes DeriveWrapKey(SecretBytes passphrase, ReadOnlySpan<byte> salt, int workFactor)
    {
        var derived = SCrypt.Generate(passphrase.Span.ToArray(), [.. "age-encryption.org/v1/scrypt"u8, .. salt], 1 << workFactor, 8, 1, FileKeyWrap.KeySize);
        var wrapKey = new SecretBytes(derived);
        CryptographicOperations.ZeroMemory(derived);
        return wrapKey;
    }
}
