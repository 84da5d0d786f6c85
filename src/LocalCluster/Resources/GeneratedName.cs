using System.Security.Cryptography;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Names made from <c>generateName</c>: the prefix and five random characters.</summary>
internal static class GeneratedName
{
    private const int LongestPrefix = 58;
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    internal static string From(string prefix) => prefix[..Math.Min(prefix.Length, LongestPrefix)] + RandomNumberGenerator.GetString(Alphabet, 5);
}
