using System.Buffers.Binary;

namespace SecretsOps.Cryptography.OpenPgp;

// pubring.kbx of GnuPG 2.1 and later (kbx/keybox-blob.c): blobs of
//   u32 length, u8 type (2 = OpenPGP), u8 version, u16 flags, u32 offset and u32 length of the transferable public key, …

/// <summary>Reads GnuPG's store of public keys.</summary>
internal static class GnuPgKeybox
{
    private const int HeaderSize = 16;
    private const byte OpenPgpBlob = 2;

    /// <summary>Adds every readable public key of the keybox; one that is damaged is left out.</summary>
    public static void AddTo(OpenPgpKeyRing ring, ReadOnlySpan<byte> keybox)
    {
        while (keybox.Length >= HeaderSize)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(keybox);
            if (length < HeaderSize || length > keybox.Length)
            {
                return;
            }

            AddBlob(ring, keybox[..(int)length]);
            keybox = keybox[(int)length..];
        }
    }

    private static void AddBlob(OpenPgpKeyRing ring, ReadOnlySpan<byte> blob)
    {
        var offset = BinaryPrimitives.ReadUInt32BigEndian(blob[8..]);
        var length = BinaryPrimitives.ReadUInt32BigEndian(blob[12..]);
        if (blob[4] != OpenPgpBlob || offset > blob.Length || length > blob.Length - offset)
        {
            return;
        }

        try
        {
            ring.Add(blob.Slice((int)offset, (int)length));
        }
        catch (OpenPgpException)
        {
            // One key of a type that cannot be read must not hide the others.
        }
    }
}
