using System.Runtime.InteropServices;

namespace SecretsOps.Cryptography.Aead;

/// <summary>Authenticated ciphers by libcrypto's EVP interface, one context per direction kept between calls so that the key is expanded once.</summary>
internal sealed partial class LibcryptoAeadEngine : IAeadEngine
{
    // openssl/evp.h
    private const int ControlSetNonceLength = 0x9;
    private const int ControlGetTag = 0x10;
    private const int ControlSetTag = 0x11;

    // EVP takes lengths as int; larger texts go in slices.
    private const int MaxSlice = 1 << 30;

    private nint _encryption;
    private nint _decryption;
    private int _encryptionNonceLength;
    private int _decryptionNonceLength;
    private readonly AeadAlgorithm _algorithm;
    private readonly byte[] _key;

    public LibcryptoAeadEngine(AeadAlgorithm algorithm, ReadOnlySpan<byte> key)
    {
        Require(Libcrypto.IsAvailable ? 1 : 0);
        (_algorithm, _key) = (algorithm, key.ToArray());
    }

    public unsafe void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag)
    {
        Start(ref _encryption, ref _encryptionNonceLength, nonce, isEncryption: 1);
        Feed(_encryption, associatedData, plaintext, ciphertext);
        byte unused;
        int length;
        Require(EVP_CipherFinal_ex(_encryption, &unused, &length));
        fixed (byte* tagPointer = tag)
        {
            Require(EVP_CIPHER_CTX_ctrl(_encryption, ControlGetTag, AesGcmCipher.TagSize, tagPointer));
        }
    }

    public unsafe bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        Start(ref _decryption, ref _decryptionNonceLength, nonce, isEncryption: 0);
        Feed(_decryption, associatedData, ciphertext, plaintext);
        fixed (byte* tagPointer = tag)
        {
            Require(EVP_CIPHER_CTX_ctrl(_decryption, ControlSetTag, AesGcmCipher.TagSize, tagPointer));
        }

        byte unused;
        int length;
        return EVP_CipherFinal_ex(_decryption, &unused, &length) == 1;
    }

    public void Dispose()
    {
        Free(ref _encryption);
        Free(ref _decryption);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(_key);
    }

    private unsafe void Start(ref nint context, ref int nonceLength, ReadOnlySpan<byte> nonce, int isEncryption)
    {
        fixed (byte* keyPointer = _key, noncePointer = nonce)
        {
            if (context == 0)
            {
                context = EVP_CIPHER_CTX_new();
                Require(context == 0 ? 0 : 1);
                Require(EVP_CipherInit_ex(context, _algorithm == AeadAlgorithm.Aes256Gcm ? EVP_aes_256_gcm() : EVP_chacha20_poly1305(), 0, keyPointer, null, isEncryption));
            }

            if (nonceLength != nonce.Length)
            {
                Require(EVP_CIPHER_CTX_ctrl(context, ControlSetNonceLength, nonce.Length, null));
                nonceLength = nonce.Length;
            }

            Require(EVP_CipherInit_ex(context, 0, 0, null, noncePointer, isEncryption));
        }
    }

    private static unsafe void Feed(nint context, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> input, Span<byte> output)
    {
        int length;
        fixed (byte* associatedPointer = associatedData, inputPointer = input, outputPointer = output)
        {
            if (associatedData.Length > 0)
            {
                Require(EVP_CipherUpdate(context, null, &length, associatedPointer, associatedData.Length));
            }

            for (var done = 0; done < input.Length; done += length)
            {
                Require(EVP_CipherUpdate(context, outputPointer + done, &length, inputPointer + done, Math.Min(MaxSlice, input.Length - done)));
            }
        }
    }

    private static void Free(ref nint context)
    {
        if (context != 0)
        {
            EVP_CIPHER_CTX_free(context);
            context = 0;
        }
    }

    private static void Require(int result)
    {
        if (result != 1)
        {
            throw new System.Security.Cryptography.CryptographicException("libcrypto refused an operation of an authenticated cipher.");
        }
    }

    [LibraryImport(Libcrypto.Name)]
    private static partial nint EVP_CIPHER_CTX_new();

    [LibraryImport(Libcrypto.Name)]
    private static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Libcrypto.Name)]
    private static partial nint EVP_aes_256_gcm();

    [LibraryImport(Libcrypto.Name)]
    private static partial nint EVP_chacha20_poly1305();

    [LibraryImport(Libcrypto.Name)]
    private static unsafe partial int EVP_CipherInit_ex(nint context, nint cipher, nint engine, byte* key, byte* nonce, int isEncryption);

    [LibraryImport(Libcrypto.Name)]
    private static unsafe partial int EVP_CIPHER_CTX_ctrl(nint context, int type, int argument, void* pointer);

    [LibraryImport(Libcrypto.Name)]
    private static unsafe partial int EVP_CipherUpdate(nint context, byte* output, int* outputLength, byte* input, int inputLength);

    [LibraryImport(Libcrypto.Name)]
    private static unsafe partial int EVP_CipherFinal_ex(nint context, byte* output, int* outputLength);
}
