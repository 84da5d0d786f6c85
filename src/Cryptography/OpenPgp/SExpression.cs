using System.Buffers;
using System.Globalization;
using System.Text;

namespace SecretsOps.Cryptography.OpenPgp;

// Rivest's S-expressions, as libgcrypt writes keys: canonical "(1:n3:abc)" and advanced "(n #616263#)".

/// <summary>A list or an atom of bytes.</summary>
internal sealed class SExpression
{
    private const int MaximumDepth = 16;

    private static readonly SearchValues<byte> WordEnds = SearchValues.Create(" \t\r\n()"u8);

    private SExpression(byte[]? atom, IReadOnlyList<SExpression> items)
    {
        Atom = atom;
        Items = items;
    }

    /// <summary>The bytes of an atom; <c>null</c> for a list.</summary>
    public byte[]? Atom { get; }

    /// <summary>The members of a list.</summary>
    public IReadOnlyList<SExpression> Items { get; }

    /// <summary>The first word of a list.</summary>
    public string Name => Items.Count > 0 && Items[0].Atom is { } atom ? Encoding.ASCII.GetString(atom) : "";

    /// <summary>The value of the member list of this name, such as <c>(n #…#)</c>.</summary>
    public byte[]? Value(string name) => Items.FirstOrDefault(item => item.Name == name) is { Items: [_, { Atom: { } value }, ..] } ? value : null;

    /// <summary>Reads the expression at the start of <paramref name="text"/>; <c>null</c> when there is none.</summary>
    public static SExpression? TryParse(ReadOnlySpan<byte> text)
    {
        var position = 0;
        return TryParse(text, ref position, depth: 0);
    }

    private static SExpression? TryParse(ReadOnlySpan<byte> text, ref int position, int depth)
    {
        SkipSpace(text, ref position);
        if (position >= text.Length || depth > MaximumDepth)
        {
            return null;
        }

        return text[position] == '(' ? TryParseList(text, ref position, depth) : TryParseAtom(text, ref position);
    }

    private static SExpression? TryParseList(ReadOnlySpan<byte> text, ref int position, int depth)
    {
        List<SExpression> items = [];
        for (position++; ;)
        {
            SkipSpace(text, ref position);
            if (position < text.Length && text[position] == ')')
            {
                position++;
                return new(null, items);
            }

            if (TryParse(text, ref position, depth + 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }
    }

    private static SExpression? TryParseAtom(ReadOnlySpan<byte> text, ref int position)
    {
        var rest = text[position..];
        if (rest[0] == '#')
        {
            return TryParseHex(rest, ref position);
        }

        if (char.IsAsciiDigit((char)rest[0]))
        {
            return TryParseCounted(rest, ref position);
        }

        var length = rest.IndexOfAny(WordEnds);
        if (length <= 0)
        {
            return null;
        }

        position += length;
        return new(rest[..length].ToArray(), []);
    }

    private static SExpression? TryParseHex(ReadOnlySpan<byte> rest, ref int position)
    {
        var length = rest[1..].IndexOf((byte)'#');
        if (length < 0)
        {
            return null;
        }

        var digits = new string([.. Encoding.ASCII.GetString(rest.Slice(1, length)).Where(character => !char.IsWhiteSpace(character))]);
        if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        position += length + 2;
        return new(Convert.FromHexString(digits), []);
    }

    private static SExpression? TryParseCounted(ReadOnlySpan<byte> rest, ref int position)
    {
        var colon = rest.IndexOf((byte)':');
        if (colon < 0
            || !int.TryParse(Encoding.ASCII.GetString(rest[..colon]), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length > rest.Length - colon - 1)
        {
            return null;
        }

        position += colon + 1 + length;
        return new(rest.Slice(colon + 1, length).ToArray(), []);
    }

    private static void SkipSpace(ReadOnlySpan<byte> text, ref int position)
    {
        while (position < text.Length && " \t\r\n"u8.Contains(text[position]))
        {
            position++;
        }
    }
}
