using System.Security.Cryptography;
using System.Text;

namespace SecretsOps.Cryptography.Age;

// The header of an age v1 file (C2SP age.md):
//
//   age-encryption.org/v1 LF
//   -> TYPE SP ARGUMENT... LF          one stanza for each recipient, at least one
//   BODY LF                            unpadded base64, 64 columns, the last line shorter (perhaps empty)
//   --- SP MAC LF                      HMAC-SHA-256 over everything up to and with "---"

/// <summary>The header of an age file: its stanzas, and the MAC that binds them to the file key.</summary>
internal sealed class AgeHeader
{
    public const int FileKeySize = 16;
    private const int MacSize = 32;

    private readonly byte[] _authenticated;
    private readonly byte[] _mac;

    private AgeHeader(IReadOnlyList<Stanza> stanzas, byte[] authenticated, byte[] mac)
    {
        Stanzas = stanzas;
        _authenticated = authenticated;
        _mac = mac;
    }

    public IReadOnlyList<Stanza> Stanzas { get; }

    public static AgeHeader Create(IReadOnlyList<Stanza> stanzas, ReadOnlySpan<byte> fileKey)
    {
        var text = new StringBuilder(StanzaText.VersionLine).Append('\n');
        foreach (var stanza in stanzas)
        {
            StanzaText.Append(text, stanza);
        }

        var authenticated = Encoding.ASCII.GetBytes(text.Append(StanzaText.FooterMark).ToString());
        return new(stanzas, authenticated, ComputeMac(authenticated, fileKey));
    }

    /// <summary>Reads a header and leaves <paramref name="reader"/> at the first byte of the payload.</summary>
    public static AgeHeader Read(AgeLineReader reader)
    {
        if (reader.ReadLine() != StanzaText.VersionLine)
        {
            throw Malformed("the first line is not 'age-encryption.org/v1'");
        }

        List<Stanza> stanzas = [];
        var authenticated = new StringBuilder(StanzaText.VersionLine).Append('\n');
        for (var line = reader.ReadLine(); ; line = reader.ReadLine())
        {
            if (line.StartsWith(StanzaText.FooterMark, StringComparison.Ordinal))
            {
                return Finish(stanzas, authenticated, line);
            }

            stanzas.Add(StanzaText.Read(line, reader, authenticated));
        }
    }

    public byte[] ToBytes() => [.. _authenticated, (byte)' ', .. Encoding.ASCII.GetBytes(UnpaddedBase64.Encode(_mac)), (byte)'\n'];

    public bool IsAuthentic(ReadOnlySpan<byte> fileKey) =>
        CryptographicOperations.FixedTimeEquals(_mac, ComputeMac(_authenticated, fileKey));

    private static AgeHeader Finish(List<Stanza> stanzas, StringBuilder authenticated, string footer)
    {
        var mark = StanzaText.FooterMark + " ";
        if (!footer.StartsWith(mark, StringComparison.Ordinal)
            || !UnpaddedBase64.TryDecode(footer.AsSpan(mark.Length), out var mac)
            || mac.Length != MacSize)
        {
            throw Malformed("the MAC line is malformed");
        }

        if (stanzas.Count == 0)
        {
            throw Malformed("it has no recipient");
        }

        return new(stanzas, Encoding.ASCII.GetBytes(authenticated.Append(StanzaText.FooterMark).ToString()), mac);
    }

    private static byte[] ComputeMac(byte[] authenticated, ReadOnlySpan<byte> fileKey)
    {
        Span<byte> key = stackalloc byte[MacSize];
        HkdfSha256.DeriveKey(fileKey, key, salt: [], info: "header"u8);
        var mac = HkdfSha256.Mac(key, authenticated);
        CryptographicOperations.ZeroMemory(key);
        return mac;
    }

    internal static AgeException Malformed(string reason) => new(AgeFailure.Header, $"failed to parse header: {reason}");
}
