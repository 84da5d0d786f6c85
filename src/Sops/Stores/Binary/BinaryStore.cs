using System.Runtime.InteropServices;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Stores.Json;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Binary;

/// <summary>Any bytes; encrypted they are a JSON object with the whole content under <c>data</c>.</summary>
internal sealed class BinaryStore(int indent) : ISopsStore
{
    private const string DataKey = "data";
    private const string Hint = "This is likely not an encrypted binary file? If not, use --output-type to select the correct output type.";

    private readonly JsonStore _json = new(indent, allowsAnyRoot: false);

    public IReadOnlyList<TreeNode> LoadPlain(ReadOnlyMemory<byte> content) =>
        [new TreeBranch { Items = [new TreeItem(DataKey, new TreeScalar(TreeScalarKind.Text, content))] }];

    public SopsDocument LoadEncrypted(ReadOnlyMemory<byte> content) => _json.LoadEncrypted(content);

    public byte[] EmitPlain(IReadOnlyList<TreeNode> trees)
    {
        var item = trees is [TreeBranch branch, ..] ? branch.Find(DataKey) : null;
        return item?.Value switch
        {
            TreeScalar { Kind: TreeScalarKind.Text } data => WholeArray(data.Plaintext),
            null => throw Failure("no binary data found in tree"),
            _ => throw Failure("'data' key in tree does not have a string value"),
        };
    }

    public byte[] EmitEncrypted(IReadOnlyList<TreeNode> trees, SopsMetadata metadata) => _json.EmitEncrypted(trees, metadata);

    public byte[] EmitValue(TreeNode value) => value is TreeScalar { Kind: TreeScalarKind.Text } text ? text.Plaintext.ToArray() : _json.EmitValue(value);

    /// <remarks>Compatibility: sops does not look for metadata in binary files, so encrypting twice is possible.</remarks>
    public bool HasMetadata(IReadOnlyList<TreeNode> trees) => false;

    /// <summary>The array behind the memory when it is all of it: a large file is not copied once more.</summary>
    private static byte[] WholeArray(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : memory.ToArray();

    private static SopsException Failure(string reason) =>
        new(SopsExitCode.CannotEmit, $"error emitting binary store: {reason}\n\n{Hint}");
}
