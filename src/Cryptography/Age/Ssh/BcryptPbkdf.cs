using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecretsOps.Cryptography.Age.Ssh;

// bcrypt_pbkdf (OpenBSD; OpenSSH PROTOCOL.key): PBKDF2 over a hash made of bcrypt.
//   F(password, salt) = Blowfish, set up 64 times by turns with SHA-512(salt) and SHA-512(password), encrypts
//                       "OxychromaticBlowfishSwatDynamite" 64 times, words little-endian
//   block i = F(password, salt | i) xor F(password, previous) xor ...    (rounds)
//   output bytes are dealt to the blocks in turn, not block after block

/// <summary>OpenSSH's passphrase hash. BouncyCastle has bcrypt but not this use of it.</summary>
internal static class BcryptPbkdf
{
    private const int HashSize = 32;
    private const int MaximumRounds = 4096; // ssh-keygen writes 16 or 24; a hostile file must not stall us

    public static SecretBytes Derive(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, uint rounds, int length)
    {
        if (rounds is 0 or > MaximumRounds || passphrase.IsEmpty || salt.IsEmpty)
        {
            throw new AgeException(AgeFailure.Header, "malformed SSH key: impossible parameters of its passphrase hash");
        }

        var stride = (length + HashSize - 1) / HashSize;
        var perBlock = (length + stride - 1) / stride;
        var hashedPassphrase = SHA512.HashData(passphrase);
        var output = new SecretBytes(length);
        for (var block = 0; block < stride; block++)
        {
            var mixed = Block(hashedPassphrase, salt, block + 1, rounds);
            for (var i = 0; i < perBlock && (i * stride) + block < length; i++)
            {
                output.Span[(i * stride) + block] = mixed[i];
            }
        }

        CryptographicOperations.ZeroMemory(hashedPassphrase);
        return output;
    }

    private static byte[] Block(byte[] hashedPassphrase, ReadOnlySpan<byte> salt, int index, uint rounds)
    {
        var counter = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(counter, index);
        var previous = Hash(hashedPassphrase, SHA512.HashData([.. salt, .. counter]));
        var mixed = (byte[])previous.Clone();
        for (var round = 1u; round < rounds; round++)
        {
            previous = Hash(hashedPassphrase, SHA512.HashData(previous));
            for (var i = 0; i < HashSize; i++)
            {
                mixed[i] ^= previous[i];
            }
        }

        return mixed;
    }

    private static byte[] Hash(byte[] hashedPassphrase, byte[] hashedSalt)
    {
        var blowfish = new SaltedBlowfish();
        blowfish.Expand(hashedPassphrase, hashedSalt);
        for (var i = 0; i < 64; i++)
        {
            blowfish.Expand(hashedSalt, []);
            blowfish.Expand(hashedPassphrase, []);
        }

        var text = "OxychromaticBlowfishSwatDynamite"u8;
        var hash = new byte[HashSize];
        for (var pair = 0; pair < HashSize; pair += 8)
        {
            var left = BinaryPrimitives.ReadUInt32BigEndian(text[pair..]);
            var right = BinaryPrimitives.ReadUInt32BigEndian(text[(pair + 4)..]);
            for (var i = 0; i < 64; i++)
            {
                blowfish.Encrypt(ref left, ref right);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(pair), left);
            BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(pair + 4), right);
        }

        return hash;
    }
}
