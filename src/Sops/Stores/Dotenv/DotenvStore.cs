using System.Buffers;
using System.Text;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Dotenv;

/// <summary>Lines of <c>KEY=value</c> as sops reads them: no quoting, no trimming, a literal <c>\n</c> for a line break.</summary>
internal sealed class DotenvStore : ISopsStore
{
    private const string Prefix = "sops_";

    public IReadOnlyList<TreeNode> LoadPlain(ReadOnlyMemory<byte> content)
    {
        var branch = new TreeBranch();
        var number = 0;
        foreach (var range in content.Span.Split((byte)'\n'))
        {
            number++;
            var line = content[range];
            if (line.IsEmpty)
            {
                continue;
            }

            if (line.Span[0] == '#')
            {
                branch.Add(new TreeComment(Encoding.UTF8.GetString(line.Span[1..])));
                continue;
            }

            var equals = line.Span.IndexOf((byte)'=');
            if (equals < 0)
            {
                // Compatibility: sops prints the line here; it may be a secret.
                throw new SopsException(SopsExitCode.CannotRead, $"invalid dotenv input in line {number}: expected KEY=value");
            }

            branch.Add(Encoding.UTF8.GetString(line.Span[..equals]), new TreeScalar(TreeScalarKind.Text, WithNewlines(line[(equals + 1)..])));
        }

        return [branch];
    }

    public SopsDocument LoadEncrypted(ReadOnlyMemory<byte> content)
    {
        TreeBranch branch;
        try
        {
            branch = (TreeBranch)LoadPlain(content)[0];
        }
        catch (SopsException failure) when (failure.Code == SopsExitCode.CannotRead)
        {
            throw new SopsException(SopsExitCode.Generic, failure.Message, failure);
        }

        var fields = branch.Items.FindAll(IsMetadata);
        if (fields.Count == 0)
        {
            throw MetadataBlock.NotFound();
        }

        var metadata = FlatMetadata.Read(fields.Select(item => (item.Key[Prefix.Length..], ((TreeScalar)item.Value).Text)));
        return new SopsDocument([new TreeBranch { Items = branch.Items.FindAll(item => !IsMetadata(item)) }], metadata);
    }

    public byte[] EmitPlain(IReadOnlyList<TreeNode> trees)
    {
        var output = new ArrayBufferWriter<byte>();
        if (trees is [TreeBranch branch, ..])
        {
            branch.Items.ForEach(item => Emit(item, output));
        }
        else if (trees.Count > 0)
        {
            throw new SopsException(SopsExitCode.CannotEmit, "Error emitting dotenv store: cannot use a list or value as a dotenv file");
        }

        return output.WrittenSpan.ToArray();
    }

    public byte[] EmitEncrypted(IReadOnlyList<TreeNode> trees, SopsMetadata metadata)
    {
        var fields = FlatMetadata.Flatten(metadata).Select(field => new TreeItem(Prefix + field.Name, TreeScalar.OfText(field.Value)));
        var items = trees is [TreeBranch branch, ..] ? branch.Items : [];
        return EmitPlain([new TreeBranch { Items = [.. items, .. fields] }]);
    }

    public byte[] EmitValue(TreeNode value) => value is TreeScalar scalar
        ? ScalarText.ForFlatFile(scalar)
        : throw new SopsException(SopsExitCode.CannotEmit, "the dotenv store only supports emitting strings");

    public bool HasMetadata(IReadOnlyList<TreeNode> trees) => trees.Any(tree => tree is TreeBranch branch && branch.Items.Exists(IsMetadata));

    private static bool IsMetadata(TreeItem item) => item.Comment is null && item.Key.StartsWith(Prefix, StringComparison.Ordinal);

    private static void Emit(TreeItem item, ArrayBufferWriter<byte> output)
    {
        if (item.Comment is { } comment)
        {
            output.Write("#"u8);
            output.Write(Encoding.UTF8.GetBytes(comment.Text));
        }
        else if (item.Value is TreeScalar scalar)
        {
            output.Write(Encoding.UTF8.GetBytes(item.Key));
            output.Write("="u8);
            output.Write(WithoutNewlines(ScalarText.ForFlatFile(scalar)));
        }
        else
        {
            throw new SopsException(SopsExitCode.CannotEmit, $"cannot use complex value in dotenv file; offending key {item.Key}");
        }

        output.Write("\n"u8);
    }

    private static ReadOnlyMemory<byte> WithNewlines(ReadOnlyMemory<byte> value) =>
        value.Span.IndexOf("\\n"u8) < 0 ? value : Replace(value.Span, "\\n"u8, "\n"u8);

    private static byte[] WithoutNewlines(byte[] value) => value.AsSpan().Contains((byte)'\n') ? Replace(value, "\n"u8, "\\n"u8) : value;

    private static byte[] Replace(ReadOnlySpan<byte> text, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 16);
        for (int at; (at = text.IndexOf(old)) >= 0; text = text[(at + old.Length)..])
        {
            output.Write(text[..at]);
            output.Write(replacement);
        }

        output.Write(text);
        return output.WrittenSpan.ToArray();
    }
}
