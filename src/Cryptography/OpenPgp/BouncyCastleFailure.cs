namespace SecretsOps.Cryptography.OpenPgp;

/// <summary>Which exceptions mean that BouncyCastle refused its input.</summary>
internal static class BouncyCastleFailure
{
    // Its OpenPGP parser lets exceptions of a dozen types out on hostile bytes, some of no common base (the fuzz tests find them).
    // At this border, where nothing but its code ran, each of them is a refusal.
    public static bool IsRefusal(Exception failure) => failure is not (OpenPgpException or OutOfMemoryException or OperationCanceledException);
}
