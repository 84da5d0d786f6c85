using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SecretsOps.Cryptography;

/// <summary>The kernel's random generator, asked directly: .NET's own brings libssl into the process, which costs every short-lived one milliseconds.</summary>
public static unsafe partial class SystemRandom
{
    private const int Interrupted = 4; // EINTR

    /// <summary>Fills a buffer with bytes that are fit for keys and nonces.</summary>
    /// <exception cref="CryptographicException">The kernel has none to give.</exception>
    public static void Fill(Span<byte> bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomNumberGenerator.Fill(bytes);
            return;
        }

        while (bytes.Length > 0)
        {
            nint length;
            fixed (byte* target = bytes)
            {
                length = getrandom(target, (nuint)bytes.Length, 0);
            }

            if (length < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new CryptographicException($"getrandom: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            bytes = bytes[(int)Math.Max(length, 0)..];
        }
    }

    // getrandom(2): with no flags it waits for the pool at boot and then never fails.
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getrandom(byte* buffer, nuint length, uint flags);
}
