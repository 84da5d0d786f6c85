namespace SecretsOps.Cryptography.Hybrid;

/// <summary>Draws session keys from libcrypto's private generator where there is one, so that sealing one value loads one library.</summary>
/// <remarks>The BCL's generator asks OpenSSL as well, through a shim whose loading costs a short-lived process milliseconds.</remarks>
internal static class SessionKey
{
    internal static SecretBytes Random(int length)
    {
        if (!Libcrypto.IsAvailable)
        {
            return SecretBytes.Random(length);
        }

        var key = new SecretBytes(length);
        Fill(key.Span);
        return key;
    }

    private static unsafe void Fill(Span<byte> bytes)
    {
        fixed (byte* target = bytes)
        {
            if (LibcryptoRsa.RAND_priv_bytes(target, bytes.Length) == 1)
            {
                return;
            }
        }

        LibcryptoRsa.ERR_clear_error();
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
    }
}
