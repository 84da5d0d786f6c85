using System.Runtime.InteropServices;

namespace SecretsOps.Cryptography.Age;

/// <summary>X25519 of OpenSSL's libcrypto 3, through its EVP interface.</summary>
internal static unsafe partial class LibcryptoX25519
{
    private const int KeyType = 1034; // NID_X25519, obj_mac.h

    public static bool TryPublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        fixed (byte* privatePointer = privateKey, publicPointer = publicKey)
        {
            var key = EVP_PKEY_new_raw_private_key(KeyType, 0, privatePointer, X25519.KeySize);
            nuint length = X25519.KeySize;
            var isDone = key != 0 && EVP_PKEY_get_raw_public_key(key, publicPointer, &length) == 1;
            EVP_PKEY_free(key);
            return isDone;
        }
    }

    public static bool TryAgree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> shared)
    {
        fixed (byte* privatePointer = privateKey, peerPointer = peerPublicKey, sharedPointer = shared)
        {
            var key = EVP_PKEY_new_raw_private_key(KeyType, 0, privatePointer, X25519.KeySize);
            var peer = EVP_PKEY_new_raw_public_key(KeyType, 0, peerPointer, X25519.KeySize);
            var context = key == 0 ? 0 : EVP_PKEY_CTX_new(key, 0);
            nuint length = X25519.KeySize;
            var isDone = context != 0
                && peer != 0
                && EVP_PKEY_derive_init(context) == 1
                && EVP_PKEY_derive_set_peer(context, peer) == 1
                && EVP_PKEY_derive(context, sharedPointer, &length) == 1;
            EVP_PKEY_CTX_free(context);
            EVP_PKEY_free(peer);
            EVP_PKEY_free(key);
            ERR_clear_error();
            return isDone;
        }
    }

    [LibraryImport(Libcrypto.Name)]
    private static partial nint EVP_PKEY_new_raw_private_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Libcrypto.Name)]
    private static partial nint EVP_PKEY_new_raw_public_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Libcrypto.Name)]
    private static partial int EVP_PKEY_get_raw_public_key(nint key, byte* publicKey, nuint* length);

    [LibraryImport(Libcrypto.Name)]
    private static partial nint EVP_PKEY_CTX_new(nint key, nint engine);

    [LibraryImport(Libcrypto.Name)]
    private static partial int EVP_PKEY_derive_init(nint context);

    [LibraryImport(Libcrypto.Name)]
    private static partial int EVP_PKEY_derive_set_peer(nint context, nint peer);

    [LibraryImport(Libcrypto.Name)]
    private static partial int EVP_PKEY_derive(nint context, byte* shared, nuint* length);

    [LibraryImport(Libcrypto.Name)]
    private static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(Libcrypto.Name)]
    private static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Libcrypto.Name)]
    private static partial void ERR_clear_error();
}
