using System.Buffers.Text;
using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.Cryptography.Aead;

namespace SecretsOps.Sops.Tree;

/// <summary>Encrypts and decrypts single scalars under one data key, and remembers nonces so that unchanged values keep their ciphertext.</summary>
/// <remarks>Not thread-safe. The associated data is the value's path; see <see cref="TreePath"/>.</remarks>
internal sealed class ValueCipher : IDisposable
{
    private const int NonceSize = 32;
    private const int NonceBatch = 64;

    private readonly AesGcmCipher _cipher;
    private readonly byte[] _nonces = new byte[NonceSize * NonceBatch];
    private int _nextNonce = NonceBatch;

    /// <summary>Takes the data key of a file.</summary>
    /// <exception cref="SopsException">The data key is not 32 bytes long.</exception>
    public ValueCipher(SecretBytes dataKey)
    {
        if (dataKey.Length != AesGcmCipher.KeySize)
        {
            throw new SopsException(SopsExitCode.CannotGetDataKey, $"The data key has {dataKey.Length} bytes, expected {AesGcmCipher.KeySize}");
        }

        _cipher = new AesGcmCipher(dataKey.Span);
    }

    /// <summary>Nonces of decrypted values by kind, plaintext and path: filled only when a later encryption may reuse them.</summary>
    public NonceStash? Stash { get; init; }

    /// <summary>Encrypts a scalar or comment; the empty text stays empty.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> plaintext, string type, ReadOnlySpan<byte> associatedData)
    {
        if (plaintext.IsEmpty)
        {
            return [];
        }

        Span<byte> tag = stackalloc byte[AesGcmCipher.TagSize];
        var nonce = Stash is { } stash && stash.TryTake(type, plaintext, associatedData, out var known) ? known : FreshNonce();
        var ciphertext = new byte[plaintext.Length];
        _cipher.Encrypt(nonce, associatedData, plaintext, ciphertext, tag);
        return EncryptedValue.Format(ciphertext, nonce, tag, type);
    }

    /// <summary>Decrypts the text form to its type and plaintext.</summary>
    /// <exception cref="SopsException">The text is not in the form, or its tag does not match the key and path.</exception>
    public (string Type, byte[] Plaintext) Decrypt(ReadOnlySpan<byte> text, ReadOnlySpan<byte> associatedData)
    {
        if (!EncryptedValue.TryParse(text, out var parts))
        {
            // Compatibility: sops prints the offending text here; it may be a plaintext, so we do not.
            throw Failure("Input string does not match sops' data format");
        }

        Span<byte> nonce = stackalloc byte[128];
        Span<byte> tag = stackalloc byte[48];
        nonce = nonce[..Decode(parts.Nonce, nonce, "iv")];
        tag = tag[..Decode(parts.Tag, tag, "tag")];
        var plaintext = DecryptData(parts.Data, nonce, tag, associatedData);
        var type = TypeName(parts.Type);
        Stash?.Remember(type, plaintext, associatedData, nonce);
        return (type, plaintext);
    }

    public void Dispose()
    {
        _cipher.Dispose();
        Stash?.Clear();
    }

    private byte[] DecryptData(ReadOnlySpan<byte> data, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associatedData)
    {
        // Decoded and decrypted in place: a file of 100 MiB is one value.
        var padding = data.EndsWith("=="u8) ? 2 : data.EndsWith("="u8) ? 1 : 0;
        var buffer = new byte[Math.Max(0, Base64.GetMaxDecodedFromUtf8Length(data.Length) - padding)];
        var bytes = buffer.AsSpan(0, Decode(data, buffer, "data"));
        if (!_cipher.TryDecrypt(nonce, associatedData, bytes, tag, bytes))
        {
            throw Failure("Could not decrypt with AES_GCM: cipher: message authentication failed");
        }

        return bytes.Length == buffer.Length ? buffer : bytes.ToArray();
    }

    private static int Decode(ReadOnlySpan<byte> base64, Span<byte> bytes, string field)
    {
        // The BCL skips white space; sops does not.
        if (base64.IndexOfAny(" \t\r\n"u8) >= 0 || HasStrayBits(base64)
            || Base64.DecodeFromUtf8(base64, bytes, out _, out var written) != System.Buffers.OperationStatus.Done)
        {
            throw Failure($"Error base64-decoding {field}: illegal base64 data");
        }

        return written;
    }

    /// <summary>Whether the last character before the padding carries bits that belong to no byte: only a changed text has them.</summary>
    private static bool HasStrayBits(ReadOnlySpan<byte> base64)
    {
        var padding = base64.EndsWith("=="u8) ? 2 : base64.EndsWith("="u8) ? 1 : 0;
        if (padding == 0 || base64.Length <= padding)
        {
            return false;
        }

        var value = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8.IndexOf(base64[^(padding + 1)]);
        return (value & (padding == 2 ? 0b1111 : 0b11)) != 0;
    }

    private static string TypeName(ReadOnlySpan<byte> type) => type switch
    {
        _ when type.SequenceEqual("str"u8) => "str",
        _ when type.SequenceEqual("int"u8) => "int",
        _ when type.SequenceEqual("comment"u8) => "comment",
        _ => Encoding.UTF8.GetString(type),
    };

    private static SopsException Failure(string reason) => new(SopsExitCode.DecryptingTree, reason);

    private ReadOnlySpan<byte> FreshNonce()
    {
        if (_nextNonce == NonceBatch)
        {
            SystemRandom.Fill(_nonces);
            _nextNonce = 0;
        }

        return _nonces.AsSpan(NonceSize * _nextNonce++, NonceSize);
    }
}
