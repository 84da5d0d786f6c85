using System.Globalization;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Reads documents and refuses what sops refuses before it builds a tree: in the first document, duplicate keys, keys that are collections, and another top than a map.</summary>
internal static class YamlDocumentCheck
{
    public static List<YamlDocument> Read(ReadOnlySpan<byte> content, bool allowsAnyRoot)
    {
        if (content.IsEmpty)
        {
            return [];
        }

        var documents = YamlComposer.ReadAll(YamlText.From(content));
        if (documents.Count == 0)
        {
            // Compatibility: sops reports the bare end of input for a file of comments only.
            throw new YamlSyntaxException("EOF");
        }

        var problems = new List<string>();
        CheckTop(documents[0].Root, allowsAnyRoot, problems);
        CheckKeys(documents[0].Root, problems);
        return problems.Count == 0 ? documents : throw new YamlSyntaxException("yaml: unmarshal errors:\n  " + string.Join("\n  ", problems));
    }

    private static void CheckTop(YamlNode root, bool allowsAnyRoot, List<string> problems)
    {
        var node = root.Kind == YamlNodeKind.Alias ? root.Target! : root;
        if (allowsAnyRoot || node.Kind == YamlNodeKind.Mapping)
        {
            return;
        }

        if (node.Kind == YamlNodeKind.Sequence)
        {
            problems.Add($"{LineOf(node)}: cannot unmarshal !!seq into map[string]interface {{}}");
        }
        else if (YamlScalarResolver.Resolve(node).Kind is var kind && kind != Tree.TreeScalarKind.Null)
        {
            problems.Add($"{LineOf(node)}: cannot unmarshal {TagOf(kind)} into map[string]interface {{}}");
        }
    }

    private static void CheckKeys(YamlNode node, List<string> problems)
    {
        if (node.Kind == YamlNodeKind.Mapping)
        {
            CheckMapping(node, problems);
        }

        foreach (var child in node.Content)
        {
            CheckKeys(child, problems);
        }
    }

    private static void CheckMapping(YamlNode mapping, List<string> problems)
    {
        var lines = new Dictionary<string, int>(mapping.Content.Count / 2, StringComparer.Ordinal);
        for (var index = 0; index < mapping.Content.Count; index += 2)
        {
            var key = mapping.Content[index];
            if (key.Kind is YamlNodeKind.Sequence or YamlNodeKind.Mapping)
            {
                problems.Add($"{LineOf(key)}: cannot unmarshal {(key.Kind == YamlNodeKind.Sequence ? "!!seq" : "!!map")} into string");
            }
            else if (key.Kind == YamlNodeKind.Scalar)
            {
                var text = key.Text;
                if (!lines.TryAdd(text, key.Line))
                {
                    problems.Add($"{LineOf(key)}: mapping key \"{text}\" already defined at line {(lines[text] + 1).ToString(CultureInfo.InvariantCulture)}");
                }
            }
        }
    }

    private static string LineOf(YamlNode node) => $"line {(node.Line + 1).ToString(CultureInfo.InvariantCulture)}";

    private static string TagOf(Tree.TreeScalarKind kind) => kind switch
    {
        Tree.TreeScalarKind.WholeNumber or Tree.TreeScalarKind.TooLargeNumber => "!!int",
        Tree.TreeScalarKind.RealNumber => "!!float",
        Tree.TreeScalarKind.Truth => "!!bool",
        Tree.TreeScalarKind.Time => "!!timestamp",
        _ => "!!str",
    };
}
