using System.Globalization;
using System.Text;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores;

/// <summary>Metadata in formats without nesting: a path of <c>__map_</c> and <c>__list_</c> steps per value.</summary>
internal static class FlatMetadata
{
    private const string MapStep = "__map_";
    private const string ListStep = "__list_";

    // The deepest field, the encryption context of a key in a group, has seven.
    private const int MaxSteps = 16;

    /// <summary>The fields in order of their flat names.</summary>
    public static List<(string Name, string Value)> Flatten(SopsMetadata metadata)
    {
        var fields = new List<(string Name, string Value)>();
        foreach (var item in MetadataWriter.Write(metadata).Items)
        {
            Flatten(item.Key, item.Value, fields);
        }

        fields.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return fields;
    }

    /// <exception cref="SopsException">A hole in a list, a name twice, or a value where a map is.</exception>
    public static SopsMetadata Read(IEnumerable<(string Name, string Value)> fields) => MetadataReader.Read(Unflatten(fields));

    internal static TreeBranch Unflatten(IEnumerable<(string Name, string Value)> fields)
    {
        var root = new Step();
        foreach (var (name, value) in fields)
        {
            var step = root;
            foreach (var token in Tokens(name))
            {
                step = step.Into(token, name);
            }

            step.SetValue(value, name);
        }

        return (TreeBranch)root.ToNode("sops");
    }

    private static void Flatten(string name, TreeNode node, List<(string Name, string Value)> fields)
    {
        switch (node)
        {
            case TreeBranch branch:
                branch.Items.ForEach(item => Flatten(name + MapStep + item.Key, item.Value, fields));
                break;
            case TreeList list:
                for (var index = 0; index < list.Elements.Count; index++)
                {
                    Flatten(name + ListStep + index.ToString(CultureInfo.InvariantCulture), list.Elements[index], fields);
                }

                break;
            case TreeScalar { Kind: TreeScalarKind.Truth } truth:
                fields.Add((name, truth.Text == "True" ? "true" : "false"));
                break;
            case TreeScalar scalar:
                fields.Add((name, scalar.Text));
                break;
        }
    }

    /// <summary>A string is a map key, an int a list index.</summary>
    private static List<object> Tokens(string name)
    {
        var tokens = new List<object>();
        var rest = name;
        var isIndex = false;
        while (true)
        {
            var (at, isNextIndex) = NextStep(rest);
            var text = at < 0 ? rest : rest[..at];
            tokens.Add(isIndex ? Index(text, name) : text);
            if (tokens.Count > MaxSteps)
            {
                throw Failure(name[..64] + "…", $"has more than {MaxSteps} steps");
            }

            if (at < 0)
            {
                return tokens;
            }

            rest = rest[(at + (isNextIndex ? ListStep.Length : MapStep.Length))..];
            isIndex = isNextIndex;
        }
    }

    private static (int At, bool IsIndex) NextStep(string text)
    {
        var map = text.IndexOf(MapStep, StringComparison.Ordinal);
        var list = text.IndexOf(ListStep, StringComparison.Ordinal);
        return list >= 0 && (map < 0 || list < map) ? (list, true) : (map, false);
    }

    private static int Index(string text, string name) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < 10_000
            ? index
            : throw Failure(name, "has a list index that is no number");

    private static SopsException Failure(string name, string problem) =>
        new(SopsExitCode.Generic, new StringBuilder("the sops metadata field '").Append(name).Append("' ").Append(problem).ToString());

    private sealed class Step
    {
        private readonly SortedDictionary<int, Step> _elements = [];
        private readonly OrderedDictionary<string, Step> _items = new(StringComparer.Ordinal);
        private string? _value;

        public Step Into(object token, string name)
        {
            if (_value is not null || (token is int ? _items.Count > 0 : _elements.Count > 0))
            {
                throw Failure(name, "is used both as a value and as a container");
            }

            if (token is int index)
            {
                return _elements.TryGetValue(index, out var element) ? element : _elements[index] = new Step();
            }

            var key = (string)token;
            if (!_items.TryGetValue(key, out var item))
            {
                _items.Add(key, item = new Step());
            }

            return item;
        }

        public void SetValue(string value, string name)
        {
            if (_value is not null)
            {
                throw Failure(name, "occurs twice");
            }

            if (_items.Count + _elements.Count > 0)
            {
                throw Failure(name, "is used both as a value and as a container");
            }

            _value = value;
        }

        public TreeNode ToNode(string name)
        {
            if (_value is not null)
            {
                return TreeScalar.OfText(_value);
            }

            if (_elements.Count == 0)
            {
                return new TreeBranch { Items = [.. _items.Select(item => new TreeItem(item.Key, item.Value.ToNode(item.Key)))] };
            }

            return _elements.Keys.Last() == _elements.Count - 1
                ? new TreeList { Elements = [.. _elements.Values.Select(element => element.ToNode(name))] }
                : throw Failure(name, "has holes in its list");
        }
    }
}
