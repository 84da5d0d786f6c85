namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>What a node of a YAML document is.</summary>
internal enum YamlNodeKind
{
    Scalar,
    Sequence,
    Mapping,
    Alias,
}

/// <summary>How a scalar is written.</summary>
internal enum YamlScalarStyle
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// <summary>A node with its comments, as go-yaml's node tree has them, and its place in the text.</summary>
internal sealed class YamlNode(YamlNodeKind kind)
{
    public YamlNodeKind Kind { get; } = kind;

    /// <summary>Scalars: the value after unescaping and folding.</summary>
    public ReadOnlyMemory<byte> Value { get; set; }

    /// <summary>Scalars: the value as text, made once.</summary>
    public string Text => field ??= System.Text.Encoding.UTF8.GetString(Value.Span);

    public YamlScalarStyle Style { get; set; }

    /// <summary>Collections in brackets or braces.</summary>
    public bool IsFlow { get; set; }

    /// <summary>The explicit tag in its short form (<c>!!str</c>, <c>!custom</c>), or null.</summary>
    public string? Tag { get; set; }

    /// <summary>Sequences: the items. Mappings: key, value, key, value.</summary>
    public List<YamlNode> Content { get; } = kind is YamlNodeKind.Sequence or YamlNodeKind.Mapping ? [] : Nothing;

    /// <summary>Aliases: the node they name.</summary>
    public YamlNode? Target { get; set; }

    /// <summary>The comment lines above, with their <c>#</c>.</summary>
    public string HeadComment { get; set; } = "";

    /// <summary>The comment at the end of the line.</summary>
    public string LineComment { get; set; } = "";

    /// <summary>The comment lines below.</summary>
    public string FootComment { get; set; } = "";

    /// <summary>First byte of the node's text, anchor and tag included.</summary>
    public int Start { get; set; }

    /// <summary>First byte of the value itself, after anchor and tag.</summary>
    public int ValueStart { get; set; }

    /// <summary>The byte after the node's text.</summary>
    public int End { get; set; }

    /// <summary>Line of the node, from 0.</summary>
    public int Line { get; set; }

    /// <summary>Column of the node in characters, from 0.</summary>
    public int Column { get; set; }

    private static List<YamlNode> Nothing { get; } = [];
}

/// <summary>One document: its root (null when only comments or nothing stands there) and the comments around it.</summary>
internal sealed record YamlDocument(YamlNode Root, string HeadComment, string FootComment)
{
    /// <summary>The byte where the document's content may be appended to.</summary>
    public required int End { get; init; }
}
