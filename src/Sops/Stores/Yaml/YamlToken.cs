namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>The kinds of tokens of YAML 1.1, in libyaml's division.</summary>
internal enum YamlTokenKind
{
    StreamStart,
    StreamEnd,
    VersionDirective,
    TagDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar,
}

/// <summary>A place in the text: byte, line and column (in characters), all from 0.</summary>
internal readonly record struct YamlMark(int Index, int Line, int Column);

/// <summary>A token with its place and, for scalars, anchors and tags, its text.</summary>
internal sealed record YamlToken(YamlTokenKind Kind, YamlMark Start, YamlMark End)
{
    public ReadOnlyMemory<byte> Value { get; init; }

    public YamlScalarStyle Style { get; init; }

    /// <summary>Tags: the part after the handle.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>Tags: <c>!</c>, <c>!!</c>, <c>!name!</c> or empty; anchors and aliases: the name.</summary>
    public string Name { get; init; } = "";
}

/// <summary>A comment block that waits for the token it belongs to.</summary>
internal sealed class YamlComment
{
    /// <summary>Where the scan that found it began.</summary>
    public YamlMark ScanStart { get; init; }

    /// <summary>The place of the token it belongs to.</summary>
    public YamlMark Owner { get; set; }

    /// <summary>Where its first line stands; the column counts from 1.</summary>
    public YamlMark Start { get; init; }

    public YamlMark End { get; init; }

    public string Head { get; set; } = "";

    public string Line { get; set; } = "";

    public string Foot { get; init; } = "";
}
