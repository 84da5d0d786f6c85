using System.Text;
using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's base64 and base32. Decoding what is not encoded gives Go's error text as the value, as Sprig does.</summary>
internal static class EncodingFunctions
{
    private const string Alphabet32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private static readonly System.Buffers.SearchValues<char> Characters64 =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    private static readonly System.Buffers.SearchValues<char> Characters32 = System.Buffers.SearchValues.Create(Alphabet32);

    internal static IEnumerable<TemplateFunction> All =>
    [
        OfText("b64enc", text => Convert.ToBase64String(ByteText.ToBytes(text))),
        OfText("b64dec", Decode64),
        OfText("b32enc", Encode32),
        OfText("b32dec", Decode32),
    ];

    private static string Decode64(string text)
    {
        var plain = text.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        var wrong = plain.AsSpan().IndexOfAnyExcept(Characters64);
        if (wrong >= 0)
        {
            return $"illegal base64 data at input byte {wrong}";
        }

        try
        {
            return ByteText.FromBytes(Convert.FromBase64String(plain));
        }
        catch (FormatException)
        {
            return $"illegal base64 data at input byte {plain.Length / 4 * 4}";
        }
    }

    private static string Encode32(string text)
    {
        var result = new StringBuilder();
        var (bits, count) = (0, 0);
        foreach (var c in text)
        {
            bits = (bits << 8) | c;
            for (count += 8; count >= 5; count -= 5)
            {
                result.Append(Alphabet32[(bits >> (count - 5)) & 31]);
            }

            bits &= (1 << count) - 1;
        }

        if (count > 0)
        {
            result.Append(Alphabet32[(bits << (5 - count)) & 31]);
        }

        return result.Append('=', (8 - (result.Length % 8)) % 8).ToString();
    }

    private static string Decode32(string text)
    {
        var plain = text.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        var digits = plain.TrimEnd('=');
        var wrong = digits.AsSpan().IndexOfAnyExcept(Characters32);
        if (wrong >= 0 || plain.Length % 8 != 0)
        {
            return $"illegal base32 data at input byte {(wrong >= 0 ? wrong : plain.Length)}";
        }

        var result = new StringBuilder();
        var (bits, count) = (0, 0);
        foreach (var c in digits)
        {
            bits = (bits << 5) | Alphabet32.IndexOf(c, StringComparison.Ordinal);
            count += 5;
            if (count >= 8)
            {
                count -= 8;
                result.Append((char)((bits >> count) & 0xFF));
                bits &= (1 << count) - 1;
            }
        }

        return result.ToString();
    }
}
