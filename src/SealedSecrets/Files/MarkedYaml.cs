using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SecretsOps.SealedSecrets.Files;

/// <summary>Reads the documents of a YAML text with the place of every node.</summary>
internal static class MarkedYaml
{
    private const int MaximumDepth = 100;

    /// <summary>The root of every document; null where a document is empty.</summary>
    internal static List<MarkedNode?> Read(string text)
    {
        var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        var roots = new List<MarkedNode?>();
        parser.Consume<StreamStart>();
        while (parser.TryConsume<DocumentStart>(out _))
        {
            var root = ReadNode(parser, text, 0);
            roots.Add(root.Kind == MarkedNodeKind.Scalar && root.Value.Length == 0 ? null : root);
            parser.Consume<DocumentEnd>();
        }

        return roots;
    }

    private static MarkedNode ReadNode(Parser parser, string text, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new YamlException($"nested deeper than {MaximumDepth} levels");
        }

        var start = parser.Consume<ParsingEvent>();
        return start switch
        {
            Scalar scalar => ReadScalar(scalar),
            MappingStart mapping => ReadMapping(parser, text, mapping, depth),
            SequenceStart => ReadSequence(parser, text, start, depth),
            _ => Node(start, MarkedNodeKind.Other, Index(start.End)),
        };
    }

    private static MarkedNode ReadScalar(Scalar scalar) => new()
    {
        Kind = scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded ? MarkedNodeKind.BlockScalar : MarkedNodeKind.Scalar,
        Start = Index(scalar.Start),
        End = Index(scalar.End),
        Column = Column(scalar.Start),
        Value = scalar.Value,
    };

    private static MarkedNode ReadMapping(Parser parser, string text, MappingStart start, int depth)
    {
        var isFlow = start.Style == MappingStyle.Flow;
        var mapping = Node(start, isFlow ? MarkedNodeKind.FlowMapping : MarkedNodeKind.BlockMapping, Index(start.End));
        MappingEnd end;
        while (!parser.TryConsume(out end!))
        {
            var key = ReadNode(parser, text, depth + 1);
            var value = ReadNode(parser, text, depth + 1);
            mapping.Entries.Add((key, value));
            mapping.End = value.End;
        }

        mapping.End = isFlow ? Behind(text, end, '}') : mapping.End;
        return mapping;
    }

    private static MarkedNode ReadSequence(Parser parser, string text, ParsingEvent start, int depth)
    {
        var isFlow = ((SequenceStart)start).Style == SequenceStyle.Flow;
        var sequence = Node(start, MarkedNodeKind.Other, Index(start.End));
        SequenceEnd end;
        while (!parser.TryConsume(out end!))
        {
            sequence.End = ReadNode(parser, text, depth + 1).End;
        }

        sequence.End = isFlow ? Behind(text, end, ']') : sequence.End;
        return sequence;
    }

    private static MarkedNode Node(ParsingEvent start, MarkedNodeKind kind, int end) =>
        new() { Kind = kind, Start = Index(start.Start), End = end, Column = Column(start.Start) };

    // YamlDotNet's mark of a flow collection's end stands before the bracket, not behind it.
    private static int Behind(string text, ParsingEvent end, char bracket) => text.IndexOf(bracket, Index(end.Start)) + 1;

    private static int Index(in Mark mark) => checked((int)mark.Index);

    private static int Column(in Mark mark) => checked((int)mark.Column) - 1;
}
