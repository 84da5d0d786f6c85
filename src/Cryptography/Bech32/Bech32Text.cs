namespace SecretsOps.Cryptography.Bech32;

// Bech32 as age uses it (BIP 173 without the limit of 90 characters): HRP, '1', 5-bit groups, six characters of checksum
// (BCH code over GF(32), constant 1). Text is all lower case or all upper case; padding bits are zero.

/// <summary>Writes and reads Bech32, the text form of age keys.</summary>
public static class Bech32Text
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"; // BIP 173, "Bech32"
    private const int ChecksumLength = 6;

    private static readonly uint[] Generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <summary>Encodes <paramref name="data"/> in lower case under <paramref name="prefix"/>.</summary>
    public static string Encode(string prefix, ReadOnlySpan<byte> data)
    {
        var groups = ToGroups(data);
        var text = new char[prefix.Length + 1 + groups.Length + ChecksumLength];
        prefix.CopyTo(text);
        text[prefix.Length] = '1';
        var position = prefix.Length + 1;
        foreach (var group in groups)
        {
            text[position++] = Alphabet[group];
        }

        var remainder = Checksum(prefix, groups, padding: ChecksumLength) ^ 1;
        for (var i = 0; i < ChecksumLength; i++)
        {
            text[position++] = Alphabet[(int)((remainder >> (5 * (5 - i))) & 31)];
        }

        var result = new string(text);
        Array.Clear(text);
        Array.Clear(groups);
        return result;
    }

    /// <summary>Decodes <paramref name="text"/>; false for a wrong character, mixed case, a wrong checksum or wrong padding.</summary>
    /// <param name="text">The text, in one case.</param>
    /// <param name="prefix">The human-readable part, in lower case.</param>
    /// <param name="data">The bytes.</param>
    public static bool TryDecode(ReadOnlySpan<char> text, out string prefix, out byte[] data)
    {
        prefix = "";
        data = [];
        var separator = text.LastIndexOf('1');
        if (separator < 1 || text.Length - separator - 1 < ChecksumLength || HasMixedCase(text))
        {
            return false;
        }

        var lower = text[..separator].ToString().ToLowerInvariant();
        var groups = new byte[text.Length - separator - 1];
        for (var i = 0; i < groups.Length; i++)
        {
            var value = Alphabet.IndexOf(char.ToLowerInvariant(text[separator + 1 + i]), StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            groups[i] = (byte)value;
        }

        if (Checksum(lower, groups, padding: 0) != 1 || !TryFromGroups(groups.AsSpan(..^ChecksumLength), out data))
        {
            return false;
        }

        prefix = lower;
        return true;
    }

    private static bool HasMixedCase(ReadOnlySpan<char> text)
    {
        var (hasLower, hasUpper) = (false, false);
        foreach (var character in text)
        {
            if (character is < '!' or > '~')
            {
                return true;
            }

            hasLower |= char.IsAsciiLetterLower(character);
            hasUpper |= char.IsAsciiLetterUpper(character);
        }

        return hasLower && hasUpper;
    }

    private static uint Checksum(string prefix, ReadOnlySpan<byte> groups, int padding)
    {
        var state = 1u;
        foreach (var character in prefix)
        {
            state = Step(state, (uint)character >> 5);
        }

        state = Step(state, 0);
        foreach (var character in prefix)
        {
            state = Step(state, (uint)character & 31);
        }

        foreach (var group in groups)
        {
            state = Step(state, group);
        }

        for (var i = 0; i < padding; i++)
        {
            state = Step(state, 0);
        }

        return state;
    }

    private static uint Step(uint state, uint value)
    {
        var top = state >> 25;
        state = ((state & 0x1ffffff) << 5) ^ value;
        for (var i = 0; i < Generator.Length; i++)
        {
            state ^= ((top >> i) & 1) == 0 ? 0 : Generator[i];
        }

        return state;
    }

    private static byte[] ToGroups(ReadOnlySpan<byte> data)
    {
        var groups = new byte[((data.Length * 8) + 4) / 5];
        var (buffer, bits, position) = (0u, 0, 0);
        foreach (var octet in data)
        {
            buffer = ((buffer & 0x1f) << 8) | octet;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                groups[position++] = (byte)((buffer >> (bits - 5)) & 31);
            }
        }

        if (bits > 0)
        {
            groups[position] = (byte)((buffer << (5 - bits)) & 31);
        }

        return groups;
    }

    private static bool TryFromGroups(ReadOnlySpan<byte> groups, out byte[] data)
    {
        data = new byte[groups.Length * 5 / 8];
        var (buffer, bits, position) = (0u, 0, 0);
        foreach (var group in groups)
        {
            buffer = ((buffer & 0xff) << 5) | group;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                data[position++] = (byte)((buffer >> bits) & 0xff);
            }
        }

        return bits < 5 && (buffer & ((1u << bits) - 1)) == 0;
    }
}
