using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores;

/// <summary>Reads and writes one file format.</summary>
internal interface ISopsStore
{
    /// <summary>Reads a file as it is; an encrypted one comes with its metadata still in the tree.</summary>
    /// <exception cref="SopsException">The content is not in the format (<see cref="SopsExitCode.CannotRead"/>).</exception>
    IReadOnlyList<TreeNode> LoadPlain(ReadOnlyMemory<byte> content);

    /// <summary>Reads an encrypted file.</summary>
    /// <exception cref="SopsException">The content is not in the format, or has no valid metadata.</exception>
    SopsDocument LoadEncrypted(ReadOnlyMemory<byte> content);

    /// <summary>Writes trees without metadata.</summary>
    /// <exception cref="SopsException">The trees do not fit the format (<see cref="SopsExitCode.CannotEmit"/>).</exception>
    byte[] EmitPlain(IReadOnlyList<TreeNode> trees);

    /// <summary>Writes encrypted trees with their metadata.</summary>
    /// <exception cref="SopsException">The trees do not fit the format (<see cref="SopsExitCode.CannotEmit"/>).</exception>
    byte[] EmitEncrypted(IReadOnlyList<TreeNode> trees, SopsMetadata metadata);

    /// <summary>Writes a single value that is not a map.</summary>
    byte[] EmitValue(TreeNode value);

    /// <summary>Whether a plain tree has an entry where the format keeps its metadata.</summary>
    bool HasMetadata(IReadOnlyList<TreeNode> trees);
}
