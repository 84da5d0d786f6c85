using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>YAML files, any number of documents, each with a copy of the metadata under <c>sops</c>.</summary>
internal sealed class YamlStore(StoreOptions options) : ISopsStore
{
    private const int DefaultIndent = 4;
    private const string MetadataKey = "sops";

    public IReadOnlyList<TreeNode> LoadPlain(ReadOnlyMemory<byte> content)
    {
        try
        {
            return Load(content);
        }
        catch (YamlSyntaxException failure)
        {
            throw new SopsException(SopsExitCode.CannotRead, failure.Message, failure);
        }
    }

    public SopsDocument LoadEncrypted(ReadOnlyMemory<byte> content)
    {
        IReadOnlyList<TreeNode> trees;
        try
        {
            trees = Load(content);
        }
        catch (YamlSyntaxException failure)
        {
            throw new SopsException(SopsExitCode.Generic, $"Error unmarshalling input yaml: {failure.Message}", failure);
        }

        return MetadataBlock.Extract(trees, MetadataKey);
    }

    public byte[] EmitPlain(IReadOnlyList<TreeNode> trees)
    {
        var writer = CreateWriter();
        foreach (var tree in trees)
        {
            writer.WriteDocument(tree);
        }

        return writer.ToArray();
    }

    public byte[] EmitEncrypted(IReadOnlyList<TreeNode> trees, SopsMetadata metadata) =>
        EmitPlain(MetadataBlock.Attach(trees, metadata, MetadataKey));

    public byte[] EmitValue(TreeNode value) => EmitPlain([value]);

    public bool HasMetadata(IReadOnlyList<TreeNode> trees) => MetadataBlock.IsIn(trees, MetadataKey);

    /// <summary>Indentation of the emitter: the option, or 4. The library takes 2 to 9 and turns anything else to 2.</summary>
    private YamlWriter CreateWriter()
    {
        if (options.YamlIndent < 0)
        {
            throw new SopsException(SopsExitCode.CannotEmit, "YAML Negative indent not accepted");
        }

        return new YamlWriter(options.YamlIndent switch { 0 => DefaultIndent, >= 2 and <= 9 => options.YamlIndent, _ => 2 });
    }

    private List<TreeNode> Load(ReadOnlyMemory<byte> content)
    {
        var documents = YamlDocumentCheck.Read(content.Span, options.AllowsAnyRoot);
        return documents.ConvertAll(new YamlTreeBuilder(options.AllowsAnyRoot).Build);
    }
}
