using System.Text;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops;

/// <summary>Encrypts trees and fills the MAC and the time of the metadata.</summary>
internal static class DocumentSealer
{
    /// <summary>Our wire version: the release of sops whose output we reproduce.</summary>
    public const string Version = "3.13.1";

    public static SopsDocument Seal(IReadOnlyList<TreeNode> trees, SopsMetadata metadata, ValueCipher cipher, TimeProvider clock)
    {
        var (encrypted, mac) = TreeCipher.Encrypt(trees, cipher, metadata.EffectiveRule, metadata.IsMacOnlyEncrypted);
        var lastModified = Rfc3339.Format(clock.GetUtcNow());
        var sealedMac = cipher.Encrypt(Encoding.UTF8.GetBytes(mac), "str", Encoding.UTF8.GetBytes(lastModified));
        return new SopsDocument(encrypted, metadata with { LastModified = lastModified, Mac = Encoding.UTF8.GetString(sealedMac) });
    }
}
