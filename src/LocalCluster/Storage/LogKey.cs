using System.Security.Cryptography;

namespace SecretsOps.LocalCluster.Storage;

/// <summary>The key that the log is encrypted with: 32 bytes in a file that only its owner can read.</summary>
internal static class LogKey
{
    private const int KeyBytes = 32;

    /// <summary>Reads the key, or makes it at first start.</summary>
    /// <exception cref="StorageException">The file is not a key.</exception>
    internal static byte[] Open(string path)
    {
        if (!File.Exists(path))
        {
            OwnerOnlyFile.Write(path, RandomNumberGenerator.GetBytes(KeyBytes));
        }

        var key = File.ReadAllBytes(path);
        return key.Length == KeyBytes
            ? key
            : throw new StorageException($"'{path}' has {key.Length} bytes, a key has {KeyBytes}: put the file back from where the data directory was copied.");
    }
}
