using SecretsOps.Sops;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Cli.Sops;

/// <summary>What the editor shows for a file that does not exist yet.</summary>
internal static class ExampleTree
{
    private const string Welcome = "Welcome to SOPS! Edit this file as you please!";

    public static IReadOnlyList<TreeNode> For(SopsFormat format) => format switch
    {
        SopsFormat.Binary => [Flat(("data", Welcome))],
        SopsFormat.Dotenv => [Flat(("hello", Welcome), ("example_key", "example_value"), ("example_multiline", "this is a\nmultiline\nvalue"))],
        SopsFormat.Ini => [new TreeBranch { Items = [new TreeItem("Welcome!", Flat(("hello", Welcome), ("example_key", "example_value")))] }],
        _ => [Nested()],
    };

    private static TreeBranch Flat(params (string Key, string Value)[] values) =>
        new() { Items = [.. values.Select(value => new TreeItem(value.Key, TreeScalar.OfText(value.Value)))] };

    private static TreeBranch Nested()
    {
        var tree = Flat(("hello", Welcome), ("example_key", "example_value"));
        tree.Add(new TreeComment(" Example comment"));
        tree.Add("example_array", new TreeList { Elements = [TreeScalar.OfText("example_value1"), TreeScalar.OfText("example_value2")] });
        tree.Add("example_number", TreeScalar.OfNumber(1234.56789));
        tree.Add("example_booleans", new TreeList { Elements = [TreeScalar.OfTruth(true), TreeScalar.OfTruth(false)] });
        return tree;
    }
}
