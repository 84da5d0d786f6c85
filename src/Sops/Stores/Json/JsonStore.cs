using System.Text;
using System.Text.Json;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Json;

/// <summary>JSON objects: key order and duplicate keys kept, comments dropped, the metadata last under <c>sops</c>.</summary>
internal sealed class JsonStore(int indent, bool allowsAnyRoot) : ISopsStore
{
    private const string MetadataKey = "sops";
    private const int MaxDepth = 1000;

    public IReadOnlyList<TreeNode> LoadPlain(ReadOnlyMemory<byte> content)
    {
        try
        {
            return [JsonTreeReader.Read(content, MaxDepth, allowsAnyRoot)];
        }
        catch (JsonException failure)
        {
            throw new SopsException(SopsExitCode.CannotRead, $"Could not unmarshal input data: {Reason(failure)}", failure);
        }
    }

    public SopsDocument LoadEncrypted(ReadOnlyMemory<byte> content)
    {
        try
        {
            return MetadataBlock.Extract([JsonTreeReader.Read(content, MaxDepth, allowsAnyRoot)], MetadataKey);
        }
        catch (JsonException failure)
        {
            throw new SopsException(SopsExitCode.Generic, $"Error unmarshalling input json: {Reason(failure)}", failure);
        }
    }

    public byte[] EmitPlain(IReadOnlyList<TreeNode> trees) => CreateWriter().Write(trees.Count > 0 ? trees[0] : new TreeBranch());

    public byte[] EmitEncrypted(IReadOnlyList<TreeNode> trees, SopsMetadata metadata) =>
        EmitPlain(MetadataBlock.Attach([.. trees.Take(1)], metadata, MetadataKey));

    public byte[] EmitValue(TreeNode value) => CreateWriter().Write(value);

    public bool HasMetadata(IReadOnlyList<TreeNode> trees) => MetadataBlock.IsIn(trees, MetadataKey);

    private JsonTreeWriter CreateWriter() => indent < -1
        ? throw new SopsException(SopsExitCode.CannotEmit, "JSON Negative indent not accepted: -1 means a tab, 0 none")
        : new JsonTreeWriter(indent < 0 ? "\t" : new string(' ', indent));

    /// <summary>The reader's own message quotes the input, which may be a secret: place only.</summary>
    private static string Reason(JsonException failure)
    {
        if (failure.Data.Contains(JsonTreeReader.OwnMessage))
        {
            return failure.Message;
        }

        return new StringBuilder("invalid JSON").Append(failure.LineNumber is { } line ? $" in line {line + 1}, byte {failure.BytePositionInLine}" : "").ToString();
    }
}
