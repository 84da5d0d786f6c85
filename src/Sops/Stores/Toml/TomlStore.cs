using System.Text;
using System.Text.Unicode;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Toml;

/// <summary>TOML 1.0, which real sops does not know: tables are maps, arrays are lists, the metadata is the last table, <c>sops</c>.</summary>
internal sealed class TomlStore : ISopsStore
{
    private const string MetadataKey = "sops";

    public IReadOnlyList<TreeNode> LoadPlain(ReadOnlyMemory<byte> content)
    {
        if (!Utf8.IsValid(content.Span))
        {
            throw new SopsException(SopsExitCode.CannotRead, "toml: the text is not UTF-8");
        }

        return [new TomlReader(Encoding.UTF8.GetString(content.Span).TrimStart('\uFEFF')).Read()];
    }

    public SopsDocument LoadEncrypted(ReadOnlyMemory<byte> content)
    {
        try
        {
            return MetadataBlock.Extract(LoadPlain(content), MetadataKey);
        }
        catch (SopsException failure) when (failure.Code == SopsExitCode.CannotRead)
        {
            throw new SopsException(SopsExitCode.Generic, $"Error unmarshalling input toml: {failure.Message}", failure);
        }
    }

    public byte[] EmitPlain(IReadOnlyList<TreeNode> trees) => trees.Count > 0 && trees[0] is not TreeBranch
        ? throw new SopsException(SopsExitCode.CannotEmit, "the top of a TOML file is a table; a list or a single value does not fit")
        : new TomlWriter().Write(trees.Count > 0 ? (TreeBranch)trees[0] : new TreeBranch());

    public byte[] EmitEncrypted(IReadOnlyList<TreeNode> trees, SopsMetadata metadata) =>
        EmitPlain(MetadataBlock.Attach([.. trees.Take(1)], metadata, MetadataKey));

    public byte[] EmitValue(TreeNode value) => TomlWriter.WriteValue(value);

    public bool HasMetadata(IReadOnlyList<TreeNode> trees) => MetadataBlock.IsIn(trees, MetadataKey);
}
