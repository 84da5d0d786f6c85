using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;

namespace SecretsOps.Cryptography.OpenPgp;

/// <summary>Which exceptions BouncyCastle throws for input that is malformed or was changed.</summary>
internal static class BouncyCastleFailure
{
    // Its parser lets ordinary exceptions out on hostile bytes (found by the fuzz tests); none of them is a fault of ours.
    public static bool IsRefusal(Exception failure) => failure is PgpException
        or IOException
        or CryptoException
        or GeneralSecurityException
        or ArgumentException
        or InvalidOperationException
        or InvalidCastException
        or IndexOutOfRangeException
        or OverflowException
        or FormatException
        or NotSupportedException
        or NullReferenceException
        or ArithmeticException;
}
