using System.Text;

namespace SecretsOps.Cryptography.OpenPgp;

/// <summary>ASCII armor of messages (RFC 9580, section 6), as GnuPG writes it: no version line, 64 columns, CRC-24.</summary>
internal static class OpenPgpArmor
{
    private const int Columns = 64;

    public static string Encode(ReadOnlySpan<byte> message)
    {
        var text = new StringBuilder("-----BEGIN PGP MESSAGE-----\n\n");
        var base64 = Convert.ToBase64String(message);
        for (var start = 0; start < base64.Length; start += Columns)
        {
            text.Append(base64.AsSpan(start, Math.Min(Columns, base64.Length - start))).Append('\n');
        }

        var checksum = Crc24(message);
        byte[] checksumBytes = [(byte)(checksum >> 16), (byte)((checksum >> 8) & 0xff), (byte)(checksum & 0xff)];
        return text.Append('=').Append(Convert.ToBase64String(checksumBytes)).Append("\n-----END PGP MESSAGE-----").ToString();
    }

    private static int Crc24(ReadOnlySpan<byte> message)
    {
        var checksum = 0xB704CE;
        foreach (var octet in message)
        {
            checksum ^= octet << 16;
            for (var bit = 0; bit < 8; bit++)
            {
                checksum <<= 1;
                if ((checksum & 0x1000000) != 0)
                {
                    checksum ^= 0x1864CFB;
                }
            }
        }

        return checksum;
    }
}
