namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>The productions in brackets and braces.</summary>
internal sealed partial class YamlComposer
{
    private YamlNode ReadFlowSequence(string? anchor)
    {
        var node = new YamlNode(YamlNodeKind.Sequence) { IsFlow = true };
        Register(anchor, node);
        GiveComments(node);
        var token = Take();
        for (var isFirst = true; token.Kind != YamlTokenKind.FlowSequenceEnd; isFirst = false)
        {
            token = isFirst ? token : TakeFlowEntry(token, "did not find expected ',' or ']'");
            if (token.Kind == YamlTokenKind.FlowSequenceEnd)
            {
                break;
            }

            Append(node, token.Kind == YamlTokenKind.Key ? ReadSinglePair() : ReadNode(isBlock: false, allowsIndentless: false));
            token = _scanner.Peek();
        }

        node.End = token.End.Index;
        GiveEndComments(node);
        _scanner.Skip();
        return node;
    }

    /// <summary><c>[a: b]</c>: a mapping of one pair without braces.</summary>
    private YamlNode ReadSinglePair()
    {
        var node = new YamlNode(YamlNodeKind.Mapping) { IsFlow = true };
        var start = _scanner.Peek().Start;
        AppendPair(node, ReadFlowKey(YamlTokenKind.FlowSequenceEnd), ReadFlowValue(YamlTokenKind.FlowSequenceEnd));
        Place(node, start, start);
        return node;
    }

    private YamlNode ReadFlowMapping(string? anchor)
    {
        var node = new YamlNode(YamlNodeKind.Mapping) { IsFlow = true };
        Register(anchor, node);
        GiveComments(node);
        var token = Take();
        for (var isFirst = true; token.Kind != YamlTokenKind.FlowMappingEnd; isFirst = false)
        {
            token = isFirst ? token : TakeFlowEntry(token, "did not find expected ',' or '}'");
            if (token.Kind == YamlTokenKind.FlowMappingEnd)
            {
                break;
            }

            var key = token.Kind is YamlTokenKind.Key
                ? ReadFlowKey(YamlTokenKind.FlowMappingEnd)
                : token.Kind == YamlTokenKind.Value ? EmptyScalar(token.Start) : ReadNode(isBlock: false, allowsIndentless: false);
            AppendPair(node, key, ReadFlowValue(YamlTokenKind.FlowMappingEnd));
            token = _scanner.Peek();
        }

        node.End = token.End.Index;
        GiveEndComments(node);
        _scanner.Skip();
        return node;
    }

    private YamlNode ReadFlowKey(YamlTokenKind end)
    {
        var token = Take();
        return token.Kind == YamlTokenKind.Value || token.Kind == YamlTokenKind.FlowEntry || token.Kind == end
            ? EmptyScalar(token.Start)
            : ReadNode(isBlock: false, allowsIndentless: false);
    }

    private YamlNode ReadFlowValue(YamlTokenKind end)
    {
        var token = _scanner.Peek();
        if (token.Kind != YamlTokenKind.Value)
        {
            return EmptyScalar(token.Start);
        }

        token = Take();
        return token.Kind == YamlTokenKind.FlowEntry || token.Kind == end ? EmptyScalar(token.Start) : ReadNode(isBlock: false, allowsIndentless: false);
    }

    private YamlToken TakeFlowEntry(YamlToken token, string problem)
    {
        Expect(token, YamlTokenKind.FlowEntry, problem);
        return Take();
    }
}
