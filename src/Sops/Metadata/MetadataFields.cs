using System.Globalization;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Metadata;

/// <summary>Reads fields of a metadata block as sops does: names in any case, numbers and booleans also as text, nulls as absent.</summary>
internal sealed class MetadataFields(TreeBranch branch)
{
    public IEnumerable<TreeItem> Items => branch.Items.Where(item => item.Comment is null);

    public string Text(string name) => Find(name) is TreeScalar { Kind: not TreeScalarKind.Null } scalar ? scalar.Text : "";

    public int Number(string name) => int.TryParse(Text(name), CultureInfo.InvariantCulture, out var number) ? number : 0;

    public bool Flag(string name) => Text(name) is "True" or "true" or "TRUE" or "1" or "t" or "T";

    public IReadOnlyDictionary<string, string> Map(string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Find(name) is TreeBranch fields)
        {
            foreach (var item in fields.Items.Where(item => item.Comment is null))
            {
                map[item.Key] = item.Value is TreeScalar scalar ? scalar.Text : "";
            }
        }

        return map;
    }

    public IEnumerable<MetadataFields> List(string name) =>
        Find(name) is TreeList list ? list.Elements.OfType<TreeBranch>().Select(element => new MetadataFields(element)) : [];

    private TreeNode? Find(string name) =>
        branch.Items.Find(item => item.Comment is null && string.Equals(item.Key, name, StringComparison.OrdinalIgnoreCase))?.Value;
}
