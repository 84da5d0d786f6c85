using System.Runtime.InteropServices;

namespace SecretsOps.Cryptography.Hybrid;

/// <summary>The part of OpenSSL's C interface that RSA-OAEP needs; names and signatures as in its manual pages (1.1 and 3.x).</summary>
internal static unsafe partial class LibcryptoRsa
{
    /// <summary><c>EVP_PKEY_RSA</c>, obj_mac.h.</summary>
    internal const int KeyTypeRsa = 6;

    [LibraryImport(Libcrypto.Name)]
    internal static partial nint RSA_new();

    [LibraryImport(Libcrypto.Name)]
    internal static partial void RSA_free(nint rsa);

    [LibraryImport(Libcrypto.Name)]
    internal static partial int RSA_set0_key(nint rsa, nint n, nint e, nint d);

    [LibraryImport(Libcrypto.Name)]
    internal static partial int RSA_set0_factors(nint rsa, nint p, nint q);

    [LibraryImport(Libcrypto.Name)]
    internal static partial int RSA_set0_crt_params(nint rsa, nint dp, nint dq, nint qInverse);

    [LibraryImport(Libcrypto.Name)]
    internal static partial nint BN_bin2bn(byte* bytes, int length, nint reuse);

    [LibraryImport(Libcrypto.Name)]
    internal static partial nint EVP_PKEY_new();

    [LibraryImport(Libcrypto.Name)]
    internal static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Libcrypto.Name)]
    internal static partial int EVP_PKEY_assign(nint key, int type, nint rsa);

    [LibraryImport(Libcrypto.Name)]
    internal static partial nint EVP_PKEY_CTX_new(nint key, nint engine);

    [LibraryImport(Libcrypto.Name)]
    internal static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(Libcrypto.Name)]
    internal static partial int EVP_PKEY_CTX_ctrl_str(nint context, byte* type, byte* value);

    [LibraryImport(Libcrypto.Name)]
    internal static partial int EVP_PKEY_encrypt_init(nint context);

    [LibraryImport(Libcrypto.Name)]
    internal static partial int EVP_PKEY_encrypt(nint context, byte* output, nuint* outputLength, byte* input, nuint inputLength);

    [LibraryImport(Libcrypto.Name)]
    internal static partial int EVP_PKEY_decrypt_init(nint context);

    [LibraryImport(Libcrypto.Name)]
    internal static partial int EVP_PKEY_decrypt(nint context, byte* output, nuint* outputLength, byte* input, nuint inputLength);

    [LibraryImport(Libcrypto.Name)]
    internal static partial void ERR_clear_error();
}
