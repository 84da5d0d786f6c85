using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace SecretsOps.Cryptography;

/// <summary>SHA-512 (FIPS 180-4) over bytes that come in pieces: short messages by BouncyCastle, long ones by libcrypto where there is one. Not thread-safe.</summary>
/// <remarks>.NET's own brings libssl into the process, which costs every short-lived one milliseconds.</remarks>
public sealed unsafe partial class IncrementalSha512 : IDisposable
{
    /// <summary>Bytes of the digest.</summary>
    public const int DigestSize = 64;

    // Small pieces are gathered: a call into libcrypto for each costs more than the hashing.
    private readonly byte[] _buffer = new byte[8192];
    private readonly bool _mayUseLibcrypto;
    private int _length;
    private Sha512Digest? _portable;
    private nint _context;

    /// <summary>Starts an empty message.</summary>
    public IncrementalSha512()
        : this(mayUseLibcrypto: true)
    {
    }

    internal IncrementalSha512(bool mayUseLibcrypto) => _mayUseLibcrypto = mayUseLibcrypto;

    /// <summary>Adds the next bytes of the message.</summary>
    /// <exception cref="CryptographicException">libcrypto refuses SHA-512.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _length)
        {
            Start();
            Hash(_buffer.AsSpan(0, _length));
            _length = 0;
        }

        if (bytes.Length > _buffer.Length)
        {
            Hash(bytes);
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>The digest of all that was added, 64 bytes; nothing may be added afterwards.</summary>
    public byte[] Finish()
    {
        if (_context == 0)
        {
            _portable ??= new Sha512Digest();
        }

        Hash(_buffer.AsSpan(0, _length));
        var digest = new byte[DigestSize];
        if (_portable is not null)
        {
            _portable.DoFinal(digest);
            return digest;
        }

        fixed (byte* pointer = digest)
        {
            uint length;
            Require(EVP_DigestFinal_ex(_context, pointer, &length));
        }

        return digest;
    }

    /// <summary>Wipes what is held of the message.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_buffer);
        _portable?.Reset();
        if (_context != 0)
        {
            EVP_MD_CTX_free(_context);
            _context = 0;
        }
    }

    private void Start()
    {
        if (_context != 0 || _portable is not null)
        {
            return;
        }

        if (!_mayUseLibcrypto || !Libcrypto.IsAvailable)
        {
            _portable = new Sha512Digest();
            return;
        }

        _context = EVP_MD_CTX_new();
        Require(_context == 0 ? 0 : EVP_DigestInit_ex(_context, EVP_sha512(), 0));
    }

    private void Hash(ReadOnlySpan<byte> bytes)
    {
        if (_portable is not null)
        {
            _portable.BlockUpdate(bytes);
            return;
        }

        fixed (byte* pointer = bytes)
        {
            Require(EVP_DigestUpdate(_context, pointer, (nuint)bytes.Length));
        }
    }

    private static void Require(int result)
    {
        if (result != 1)
        {
            throw new CryptographicException("libcrypto refused SHA-512");
        }
    }

    [LibraryImport(Libcrypto.Name)]
    private static partial nint EVP_MD_CTX_new();

    [LibraryImport(Libcrypto.Name)]
    private static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Libcrypto.Name)]
    private static partial nint EVP_sha512();

    [LibraryImport(Libcrypto.Name)]
    private static partial int EVP_DigestInit_ex(nint context, nint algorithm, nint engine);

    [LibraryImport(Libcrypto.Name)]
    private static partial int EVP_DigestUpdate(nint context, byte* bytes, nuint length);

    [LibraryImport(Libcrypto.Name)]
    private static partial int EVP_DigestFinal_ex(nint context, byte* digest, uint* length);
}
