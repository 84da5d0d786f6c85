using System.Text;

namespace SecretsOps.Templating.Values;

/// <summary>Go strings are bytes. Inside the engine a C# string carries one byte per char (0 to 255), so nothing is ever lost.</summary>
public static class ByteText
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The carrier of some bytes.</summary>
    public static string FromBytes(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The bytes of a carrier.</summary>
    public static byte[] ToBytes(string carrier) => Encoding.Latin1.GetBytes(carrier);

    /// <summary>The carrier of a text's UTF-8 bytes.</summary>
    public static string FromText(string text) => IsAscii(text) ? text : FromBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>The text of a carrier; bytes that are not UTF-8 become U+FFFD.</summary>
    public static string ToText(string carrier) => IsAscii(carrier) ? carrier : Encoding.UTF8.GetString(ToBytes(carrier));

    /// <summary>The text of a carrier, or null when its bytes are not UTF-8.</summary>
    internal static string? TryToText(string carrier)
    {
        if (IsAscii(carrier))
        {
            return carrier;
        }

        try
        {
            return StrictUtf8.GetString(ToBytes(carrier));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Applies a text function to a carrier.</summary>
    internal static string Map(string carrier, Func<string, string> change) => FromText(change(ToText(carrier)));

    private static bool IsAscii(string text) => Ascii.IsValid(text);
}
