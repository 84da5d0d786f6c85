using System.Text;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores.Ini;

/// <summary>INI files: a map of sections, each a map of strings; the metadata in a section <c>sops</c>.</summary>
/// <remarks>A section's comment is its first item; a key's comment follows the key, as in sops.</remarks>
internal sealed class IniStore : ISopsStore
{
    private const string MetadataSection = "sops";

    public IReadOnlyList<TreeNode> LoadPlain(ReadOnlyMemory<byte> content)
    {
        var branch = new TreeBranch();
        foreach (var section in new IniReader(Encoding.UTF8.GetString(content.Span)).Read())
        {
            branch.Add(section.Name, ToBranch(section));
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

        var section = branch.Find(MetadataSection)?.Value as TreeBranch ?? throw MetadataBlock.NotFound();
        // Up to 3.12 sops wrote line breaks as a literal \n, 3.13 as real ones.
        var fields = section.Items.Where(item => item.Comment is null)
            .Select(item => (item.Key, ((TreeScalar)item.Value).Text.Replace("\\n", "\n", StringComparison.Ordinal)));
        var rest = new TreeBranch { Items = branch.Items.FindAll(item => item.Key != MetadataSection) };
        return new SopsDocument([rest], FlatMetadata.Read(fields));
    }

    public byte[] EmitPlain(IReadOnlyList<TreeNode> trees)
    {
        var sections = new List<IniSection>();
        foreach (var item in trees is [TreeBranch branch, ..] ? branch.Items : [])
        {
            if (item.Comment is null)
            {
                sections.Add(ToSection(item));
            }
        }

        return Encoding.UTF8.GetBytes(IniWriter.Write(sections));
    }

    public byte[] EmitEncrypted(IReadOnlyList<TreeNode> trees, SopsMetadata metadata)
    {
        var section = new TreeBranch();
        foreach (var (name, value) in FlatMetadata.Flatten(metadata))
        {
            section.Add(name, TreeScalar.OfText(value));
        }

        var items = trees is [TreeBranch branch, ..] ? branch.Items : [];
        return EmitPlain([new TreeBranch { Items = [.. items, new TreeItem(MetadataSection, section)] }]);
    }

    public byte[] EmitValue(TreeNode value) => value is TreeScalar scalar
        ? ScalarText.ForFlatFile(scalar)
        : throw new SopsException(SopsExitCode.CannotEmit, "the INI store only supports emitting strings");

    public bool HasMetadata(IReadOnlyList<TreeNode> trees) => MetadataBlock.IsIn(trees, MetadataSection);

    private static TreeBranch ToBranch(IniSection section)
    {
        var branch = new TreeBranch();
        if (section.Comment.Length > 0)
        {
            branch.Add(new TreeComment(WithoutMark(section.Comment)));
        }

        foreach (var key in section.Keys)
        {
            branch.Add(key.Name, TreeScalar.OfText(key.Value));
            if (key.Comment.Length > 0)
            {
                branch.Add(new TreeComment(WithoutMark(key.Comment)));
            }
        }

        return branch;
    }

    private static IniSection ToSection(TreeItem item)
    {
        if (item.Value is not TreeBranch branch)
        {
            throw new SopsException(SopsExitCode.CannotEmit, "Error marshaling to INI: Error encoding section: Section values should always be TreeBranches");
        }

        var section = new IniSection(item.Key);
        foreach (var entry in branch.Items)
        {
            if (entry.Comment is { } comment)
            {
                AddComment(section, comment.Text);
            }
            else if (entry.Value is TreeScalar scalar)
            {
                section.Keys.Add(new IniKey(entry.Key, Encoding.UTF8.GetString(ScalarText.ForFlatFile(scalar))));
            }
            else
            {
                throw new SopsException(SopsExitCode.CannotEmit, $"Error marshaling to INI: cannot use complex value in ini file; offending key {item.Key}.{entry.Key}");
            }
        }

        return section;
    }

    private static void AddComment(IniSection section, string text)
    {
        if (section.Keys.Count == 0)
        {
            section.Comment = Joined(section.Comment, text);
        }
        else
        {
            section.Keys[^1].Comment = Joined(section.Keys[^1].Comment, text);
        }
    }

    private static string Joined(string before, string after) => before.Length == 0 ? after : $"{before}\n{after}";

    private static string WithoutMark(string comment) => comment[0] switch
    {
        ';' => comment.TrimStart(';', ' '),
        '#' => comment.TrimStart('#', ' '),
        _ => comment,
    };
}
