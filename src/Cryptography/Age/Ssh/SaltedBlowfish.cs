using System.Buffers.Binary;
using System.Numerics;

namespace SecretsOps.Cryptography.Age.Ssh;

// Blowfish (Schneier 1993) with bcrypt's salted key setup ("EksBlowfish", Provos and Mazières 1999). BouncyCastle keeps its
// own private. The initial tables are the fraction of pi in hexadecimal: 18 words of P, then 4 x 256 words of S.

/// <summary>Blowfish whose key setup takes a salt.</summary>
internal sealed class SaltedBlowfish
{
    private const int SubkeyCount = 18;
    private const int BoxCount = 4 * 256;

    private static readonly Lazy<uint[]> InitialTables = new(PiFraction);

    private readonly uint[] _subkeys = InitialTables.Value[..SubkeyCount];
    private readonly uint[] _boxes = InitialTables.Value[SubkeyCount..];

    /// <summary>Mixes the key into the tables; the salt, when there is one, into every step.</summary>
    public void Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        var position = 0;
        for (var i = 0; i < SubkeyCount; i++)
        {
            _subkeys[i] ^= NextWord(key, ref position);
        }

        var (left, right, saltPosition) = (0u, 0u, 0);
        Refill(_subkeys, salt, ref left, ref right, ref saltPosition);
        Refill(_boxes, salt, ref left, ref right, ref saltPosition);
    }

    /// <summary>Encrypts one block of two words.</summary>
    public void Encrypt(ref uint left, ref uint right)
    {
        var (first, second) = (left ^ _subkeys[0], right);
        for (var round = 1; round <= 16; round += 2)
        {
            second ^= Mix(first) ^ _subkeys[round];
            first ^= Mix(second) ^ _subkeys[round + 1];
        }

        (left, right) = (second ^ _subkeys[17], first);
    }

    private void Refill(uint[] table, ReadOnlySpan<byte> salt, ref uint left, ref uint right, ref int saltPosition)
    {
        for (var i = 0; i < table.Length; i += 2)
        {
            if (!salt.IsEmpty)
            {
                left ^= NextWord(salt, ref saltPosition);
                right ^= NextWord(salt, ref saltPosition);
            }

            Encrypt(ref left, ref right);
            (table[i], table[i + 1]) = (left, right);
        }
    }

    // Blowfish adds modulo 2^32.
    private uint Mix(uint word) => unchecked(
        ((_boxes[word >> 24] + _boxes[256 + ((word >> 16) & 255)]) ^ _boxes[512 + ((word >> 8) & 255)]) + _boxes[768 + (word & 255)]);

    private static uint NextWord(ReadOnlySpan<byte> key, ref int position)
    {
        var word = 0u;
        for (var i = 0; i < 4; i++)
        {
            word = (word << 8) | key[position];
            position = (position + 1) % key.Length;
        }

        return word;
    }

    /// <summary>The fraction of pi by Machin's formula, pi = 16 arctan(1/5) - 4 arctan(1/239).</summary>
    private static uint[] PiFraction()
    {
        const int Bits = 32 * (SubkeyCount + BoxCount);
        const int Guard = 64;
        var pi = (16 * InverseArctangent(5, Bits + Guard)) - (4 * InverseArctangent(239, Bits + Guard));
        var fraction = (pi >> Guard) & ((BigInteger.One << Bits) - 1);
        var bytes = new byte[Bits / 8];
        var unpadded = fraction.ToByteArray(isUnsigned: true, isBigEndian: true);
        unpadded.CopyTo(bytes, bytes.Length - unpadded.Length);
        var words = new uint[bytes.Length / 4];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(i * 4));
        }

        return words;
    }

    private static BigInteger InverseArctangent(int inverse, int bits)
    {
        var power = (BigInteger.One << bits) / inverse;
        var sum = power;
        for (var (divisor, sign) = (3, -1); !power.IsZero; divisor += 2, sign = -sign)
        {
            power /= inverse * inverse;
            sum += sign * (power / divisor);
        }

        return sum;
    }
}
