using System.Security.Cryptography;
using System.Text;

namespace SecretsOps.Testing.KeyServices;

/// <summary>What a fake service keeps its keys in: real AES-GCM, bound to key name and context, so that every mix-up is refused.</summary>
public sealed class ToyVault
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public byte[] Encrypt(string binding, ReadOnlySpan<byte> plaintext)
    {
        using var gcm = new AesGcm(_key, 16);
        var blob = new byte[12 + plaintext.Length + 16];
        RandomNumberGenerator.Fill(blob.AsSpan(..12));
        gcm.Encrypt(blob.AsSpan(..12), plaintext, blob.AsSpan(12, plaintext.Length), blob.AsSpan(12 + plaintext.Length), Encoding.UTF8.GetBytes(binding));
        return blob;
    }

    /// <summary>The plaintext, or <c>null</c> when the blob was changed or made under another binding.</summary>
    public byte[]? TryDecrypt(string binding, ReadOnlySpan<byte> blob)
    {
        if (blob.Length < 28)
        {
            return null;
        }

        using var gcm = new AesGcm(_key, 16);
        var plaintext = new byte[blob.Length - 28];
        try
        {
            gcm.Decrypt(blob[..12], blob[12..^16], blob[^16..], plaintext, Encoding.UTF8.GetBytes(binding));
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
