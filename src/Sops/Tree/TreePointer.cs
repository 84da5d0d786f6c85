using System.Globalization;

namespace SecretsOps.Sops.Tree;

/// <summary>A path to a value as users write it: <c>["key"][3]</c>. A string component is a map key, an int a list index.</summary>
public sealed class TreePointer
{
    private TreePointer(IReadOnlyList<object> components) => Components = components;

    /// <summary>The components: <see cref="string"/> or <see cref="int"/>.</summary>
    public IReadOnlyList<object> Components { get; }

    /// <summary>Reads <c>["key"]['key2'][3]</c>; there are no escapes.</summary>
    /// <exception cref="FormatException">A component is not closed, or is neither quoted nor a number.</exception>
    public static TreePointer Parse(string text)
    {
        var components = new List<object>();
        foreach (var part in text.Split('[', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part[^1] != ']')
            {
                throw new FormatException($"component {part} doesn't end with ]");
            }

            var body = part[..^1];
            var isKey = body.Length >= 2 && body[0] is ('"' or '\'');
            components.Add(isKey ? body[1..^1] : Index(body));
        }

        return new TreePointer(components);
    }

    /// <summary>The value at the path; comments in lists do not count.</summary>
    /// <exception cref="SopsException">There is no such value.</exception>
    internal TreeNode Follow(TreeNode root)
    {
        var node = root;
        foreach (var component in Components)
        {
            node = component is string key ? FollowKey(node, key) : FollowIndex(node, (int)component);
        }

        return node;
    }

    private static int Index(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index)
        ? index
        : throw new FormatException($"cannot convert {text} to a number");

    private static TreeNode FollowKey(TreeNode node, string key) =>
        node is TreeBranch branch
            ? branch.Find(key)?.Value ?? throw Failure($"component ['{key}'] not found")
            : throw Failure($"component ['{key}'] is string, but tree part is not a branch");

    private static TreeNode FollowIndex(TreeNode node, int index)
    {
        if (node is not TreeList list)
        {
            throw Failure($"component [{index}] is integer, but tree part is not a slice");
        }

        return index >= 0 && index < list.Elements.Count ? list.Elements[index] : throw Failure($"component [{index}] accesses out of bounds");
    }

    private static SopsException Failure(string reason) => new(SopsExitCode.Generic, $"error truncating tree: {reason}");
}
