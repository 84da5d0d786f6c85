using System.Text;
using SecretsOps.Cryptography.Age;

namespace SecretsOps.Cli.Sealing;

/// <summary>Reads age identity files and tells age files from others.</summary>
internal static class AgeIdentities
{
    internal static bool IsAgeFile(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.TrimStart(" \t\r\n"u8);
        return start.StartsWith("age-encryption.org/"u8) || start.StartsWith("-----BEGIN AGE ENCRYPTED FILE-----"u8);
    }

    internal static IEnumerable<AgeIdentity> Read(string path) =>
        Encoding.UTF8.GetString(File.ReadAllBytes(path))
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(AgeIdentity.Parse);
}
