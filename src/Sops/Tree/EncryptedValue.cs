using System.Buffers.Text;
using System.Text;

namespace SecretsOps.Sops.Tree;

/// <summary>The text form of an encrypted scalar: <c>ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]</c>.</summary>
internal static class EncryptedValue
{
    private static ReadOnlySpan<byte> Prefix => "ENC[AES256_GCM,data:"u8;

    private static ReadOnlySpan<byte> NonceLabel => ",iv:"u8;

    private static ReadOnlySpan<byte> TagLabel => ",tag:"u8;

    private static ReadOnlySpan<byte> TypeLabel => ",type:"u8;

    /// <summary>Whether the text begins as an encrypted scalar does.</summary>
    public static bool LooksEncrypted(ReadOnlySpan<byte> text) => text.StartsWith("ENC["u8);

    /// <summary>Splits the text; false when it is not in the form.</summary>
    /// <remarks>Compatibility: sops matches greedily from the start only, so each label is sought from the end and text after the last bracket is dropped.</remarks>
    public static bool TryParse(ReadOnlySpan<byte> text, out Parts parts)
    {
        parts = default;
        if (!text.StartsWith(Prefix))
        {
            return false;
        }

        var end = text.LastIndexOf((byte)']');
        var typeAt = LastIndexOf(text, TypeLabel, end);
        var tagAt = LastIndexOf(text, TagLabel, typeAt);
        var nonceAt = LastIndexOf(text, NonceLabel, tagAt);
        if (nonceAt <= Prefix.Length)
        {
            return false;
        }

        parts.Data = text[Prefix.Length..nonceAt];
        parts.Nonce = text[(nonceAt + NonceLabel.Length)..tagAt];
        parts.Tag = text[(tagAt + TagLabel.Length)..typeAt];
        parts.Type = text[(typeAt + TypeLabel.Length)..end];
        return !parts.Nonce.IsEmpty && !parts.Tag.IsEmpty && !parts.Type.IsEmpty;
    }

    /// <summary>Writes the text form.</summary>
    public static byte[] Format(ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> tag, string type)
    {
        var length = Prefix.Length + Base64.GetMaxEncodedToUtf8Length(ciphertext.Length) + NonceLabel.Length + Base64.GetMaxEncodedToUtf8Length(nonce.Length)
            + TagLabel.Length + Base64.GetMaxEncodedToUtf8Length(tag.Length) + TypeLabel.Length + type.Length + 1;
        var text = new byte[length];
        var position = 0;
        Append(text, ref position, Prefix);
        AppendBase64(text, ref position, ciphertext);
        Append(text, ref position, NonceLabel);
        AppendBase64(text, ref position, nonce);
        Append(text, ref position, TagLabel);
        AppendBase64(text, ref position, tag);
        Append(text, ref position, TypeLabel);
        position += Encoding.ASCII.GetBytes(type, text.AsSpan(position));
        text[position] = (byte)']';
        return text;
    }

    private static int LastIndexOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> label, int before) =>
        before < 0 ? -1 : text[..before].LastIndexOf(label);

    private static void Append(byte[] text, ref int position, ReadOnlySpan<byte> part)
    {
        part.CopyTo(text.AsSpan(position));
        position += part.Length;
    }

    private static void AppendBase64(byte[] text, ref int position, ReadOnlySpan<byte> bytes)
    {
        Base64.EncodeToUtf8(bytes, text.AsSpan(position), out _, out var written);
        position += written;
    }

    /// <summary>The four fields, still as text.</summary>
    internal ref struct Parts
    {
        public ReadOnlySpan<byte> Data;
        public ReadOnlySpan<byte> Nonce;
        public ReadOnlySpan<byte> Tag;
        public ReadOnlySpan<byte> Type;
    }
}
