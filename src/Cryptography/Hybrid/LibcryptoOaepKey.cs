using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Hybrid;

// RSAES-OAEP (RFC 8017 section 7.1), SHA-256, MGF1 with SHA-256, label; OpenSSL does the arithmetic, with blinding and CRT.
// The key is an EVP_PKEY for its whole life: no import and no managed allocation per operation.
// A context belongs to one call, so that threads may share a key. Labels go in as hexadecimal text, which OpenSSL copies;
// EVP_PKEY_CTX_set0_rsa_oaep_label would take over memory that OpenSSL must have allocated.

/// <summary>One RSA key held by libcrypto, public or private.</summary>
internal sealed unsafe class LibcryptoOaepKey : SafeHandle, IOaepPublicKey, IOaepPrivateKey
{
    private readonly int _blockLength;

    private LibcryptoOaepKey(nint key, int blockLength)
        : base(0, ownsHandle: true)
    {
        SetHandle(key);
        _blockLength = blockLength;
    }

    public override bool IsInvalid => handle == 0;

    internal static LibcryptoOaepKey FromPublic(byte[] modulus, byte[] exponent) =>
        Create(new RSAParameters { Modulus = modulus, Exponent = exponent });

    internal static LibcryptoOaepKey FromPrivate(in RSAParameters key) => Create(key);

    public void Encrypt(ReadOnlySpan<byte> data, ReadOnlySpan<byte> label, Span<byte> block)
    {
        var length = Run(isEncryption: true, data, label, block);
        if (length != _blockLength)
        {
            throw new CryptographicException("libcrypto refused to encrypt with this RSA key.");
        }
    }

    public int Decrypt(ReadOnlySpan<byte> block, ReadOnlySpan<byte> label, Span<byte> data)
    {
        Span<byte> padded = stackalloc byte[_blockLength]; // OpenSSL wants room for a whole block
        var length = Run(isEncryption: false, block, label, padded);
        if (length >= 0 && length <= data.Length)
        {
            padded[..length].CopyTo(data);
        }

        CryptographicOperations.ZeroMemory(padded);
        return length <= data.Length ? length : -1;
    }

    protected override bool ReleaseHandle()
    {
        LibcryptoRsa.EVP_PKEY_free(handle); // wipes the private numbers (BN_clear_free)
        return true;
    }

    private static LibcryptoOaepKey Create(in RSAParameters key)
    {
        var rsa = LibcryptoRsa.RSA_new();
        var isComplete = rsa != 0 && LibcryptoRsa.RSA_set0_key(rsa, Number(key.Modulus), Number(key.Exponent), Number(key.D)) == 1;
        if (isComplete && key.P is not null)
        {
            isComplete = LibcryptoRsa.RSA_set0_factors(rsa, Number(key.P), Number(key.Q)) == 1
                && LibcryptoRsa.RSA_set0_crt_params(rsa, Number(key.DP), Number(key.DQ), Number(key.InverseQ)) == 1;
        }

        var handle = isComplete ? LibcryptoRsa.EVP_PKEY_new() : 0;
        if (handle == 0 || LibcryptoRsa.EVP_PKEY_assign(handle, LibcryptoRsa.KeyTypeRsa, rsa) != 1)
        {
            LibcryptoRsa.EVP_PKEY_free(handle);
            LibcryptoRsa.RSA_free(rsa);
            LibcryptoRsa.ERR_clear_error();
            throw new CryptographicException("libcrypto does not accept this RSA key.");
        }

        return new(handle, key.Modulus!.Length);
    }

    private static nint Number(byte[]? bigEndian)
    {
        fixed (byte* bytes = bigEndian)
        {
            return bigEndian is null ? 0 : LibcryptoRsa.BN_bin2bn(bytes, bigEndian.Length, 0);
        }
    }

    private int Run(bool isEncryption, ReadOnlySpan<byte> input, ReadOnlySpan<byte> label, Span<byte> output)
    {
        var added = false;
        DangerousAddRef(ref added);
        var context = LibcryptoRsa.EVP_PKEY_CTX_new(handle, 0);
        try
        {
            return context == 0 ? -1 : RunCore(context, isEncryption, input, label, output);
        }
        finally
        {
            LibcryptoRsa.EVP_PKEY_CTX_free(context);
            LibcryptoRsa.ERR_clear_error(); // a refused block must not show up in somebody else's TLS error
            DangerousRelease();
        }
    }

    private static int RunCore(nint context, bool isEncryption, ReadOnlySpan<byte> input, ReadOnlySpan<byte> label, Span<byte> output)
    {
        var isReady = isEncryption ? LibcryptoRsa.EVP_PKEY_encrypt_init(context) : LibcryptoRsa.EVP_PKEY_decrypt_init(context);
        if (isReady != 1 || !SetPadding(context, label))
        {
            return -1;
        }

        var length = (nuint)output.Length;
        fixed (byte* source = input)
        fixed (byte* target = output)
        {
            var result = isEncryption
                ? LibcryptoRsa.EVP_PKEY_encrypt(context, target, &length, source, (nuint)input.Length)
                : LibcryptoRsa.EVP_PKEY_decrypt(context, target, &length, source, (nuint)input.Length);
            return result == 1 ? checked((int)length) : -1;
        }
    }

    private static bool SetPadding(nint context, ReadOnlySpan<byte> label)
    {
        if (!Set(context, "rsa_padding_mode\0"u8, "oaep\0"u8) || !Set(context, "rsa_oaep_md\0"u8, "sha256\0"u8) || !Set(context, "rsa_mgf1_md\0"u8, "sha256\0"u8))
        {
            return false;
        }

        return label.IsEmpty || SetLabel(context, label);
    }

    private static bool SetLabel(nint context, ReadOnlySpan<byte> label)
    {
        Span<byte> hex = label.Length <= 512 ? stackalloc byte[(2 * label.Length) + 1] : new byte[(2 * label.Length) + 1];
        for (var i = 0; i < label.Length; i++)
        {
            hex[2 * i] = "0123456789abcdef"u8[label[i] >> 4];
            hex[(2 * i) + 1] = "0123456789abcdef"u8[label[i] & 15];
        }

        hex[^1] = 0;
        return Set(context, "rsa_oaep_label\0"u8, hex);
    }

    private static bool Set(nint context, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        fixed (byte* namePointer = name)
        fixed (byte* valuePointer = value)
        {
            return LibcryptoRsa.EVP_PKEY_CTX_ctrl_str(context, namePointer, valuePointer) == 1;
        }
    }
}
