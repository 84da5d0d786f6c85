using System.Security.Cryptography;
using System.Text;

namespace SecretsOps.Controller.Keys;

/// <summary>Names a new key Secret as <c>generateName</c> would, but the same for every replica that follows the same key.</summary>
/// <remarks>
/// Two replicas that both believe to lead ask the API server for one name, and the second is refused: one key per renewal.
/// Another cluster chooses other names, so that keys of one can be restored into another.
/// </remarks>
internal static class SealingKeyName
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789"; // Kubernetes's own for suffixes: no vowels, no look-alikes
    private const int SuffixLength = 5;

    /// <summary>The prefix and five characters that follow from the cluster, the key before and the attempt.</summary>
    public static string For(string prefix, string clusterIdentity, string predecessorFingerprint, int attempt)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{prefix}\n{clusterIdentity}\n{predecessorFingerprint}\n{attempt}"));
        return prefix + string.Concat(digest.Take(SuffixLength).Select(octet => Alphabet[octet % Alphabet.Length]));
    }
}
