using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Stores;

namespace SecretsOps.Sops;

/// <summary>Asks about files without any key.</summary>
public static class SopsFile
{
    /// <summary>Whether the content is a SOPS file of the format: it has metadata with a version and a MAC.</summary>
    public static bool IsEncrypted(ReadOnlyMemory<byte> content, SopsFormat format) =>
        TryReadMetadata(content, format) is { Version.Length: > 0, Mac.Length: > 0 };

    /// <summary>The metadata of a file, or null when it has none that can be read.</summary>
    public static SopsMetadata? TryReadMetadata(ReadOnlyMemory<byte> content, SopsFormat format)
    {
        try
        {
            return SopsStores.For(format, new StoreOptions { AllowsAnyRoot = true }).LoadEncrypted(content).Metadata;
        }
        catch (SopsException)
        {
            return null;
        }
    }
}
