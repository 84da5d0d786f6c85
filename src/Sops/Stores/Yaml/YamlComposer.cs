namespace SecretsOps.Sops.Stores.Yaml;

// A recursive-descent parser over the grammar of YAML 1.1, one method per production.

/// <summary>Builds documents of nodes from tokens and hands each node the comments that go-yaml v3 would give it.</summary>
internal sealed partial class YamlComposer
{
    private const int MaxDepth = 1000;

    private readonly YamlScanner _scanner;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _tagHandles = new(StringComparer.Ordinal);
    private string _stemComment = "";
    private int _depth;
    private bool _isFirst = true;

    public YamlComposer(YamlText text)
    {
        _scanner = new YamlScanner(text);
        _scanner.Peek();
        _scanner.Skip();
    }

    /// <summary>Where each comment line read so far stands.</summary>
    public IReadOnlyList<(int Start, int End)> CommentSpans => _scanner.CommentSpans;

    /// <summary>Every document of a text.</summary>
    /// <exception cref="YamlSyntaxException">The text is not YAML.</exception>
    public static List<YamlDocument> ReadAll(YamlText text)
    {
        var composer = new YamlComposer(text);
        var documents = new List<YamlDocument>();
        while (composer.TryRead() is { } document)
        {
            documents.Add(document);
        }

        return documents;
    }

    /// <summary>The next document, or null at the end.</summary>
    public YamlDocument? TryRead()
    {
        var token = _scanner.Peek();
        while (!_isFirst && token.Kind == YamlTokenKind.DocumentEnd)
        {
            token = Take();
        }

        if (token.Kind == YamlTokenKind.StreamEnd)
        {
            return null;
        }

        var head = "";
        _anchors.Clear();
        _tagHandles.Clear();
        if (_isFirst && token.Kind is not (YamlTokenKind.VersionDirective or YamlTokenKind.TagDirective or YamlTokenKind.DocumentStart))
        {
            head = SplitDocumentHead();
        }
        else
        {
            ReadDirectives();
        }

        _isFirst = false;
        var root = ReadDocumentContent();
        token = _scanner.Peek();
        var end = token.Start.Index;
        if (token.Kind == YamlTokenKind.DocumentEnd)
        {
            _scanner.Skip();
        }

        var (endHead, _, foot) = TakeComments();
        return new YamlDocument(root, head, foot.Length > 0 ? foot : endHead) { End = end };
    }

    /// <summary>Comments above the last blank line before the content belong to the document, the rest to what follows.</summary>
    private string SplitDocumentHead()
    {
        var comment = _scanner.HeadComment.Take();
        for (var i = comment.Length - 1; i > 0; i--)
        {
            if (comment[i] != '\n')
            {
                continue;
            }

            if (i == comment.Length - 1)
            {
                return comment[..i];
            }

            if (comment[i - 1] == '\n')
            {
                _scanner.HeadComment.Add(comment[(i + 1)..]);
                return comment[..(i - 1)];
            }
        }

        _scanner.HeadComment.Add(comment);
        return "";
    }

    private void ReadDirectives()
    {
        var token = _scanner.Peek();
        while (token.Kind is YamlTokenKind.VersionDirective or YamlTokenKind.TagDirective)
        {
            if (token.Kind == YamlTokenKind.TagDirective && !_tagHandles.TryAdd(token.Name, token.Suffix))
            {
                throw new YamlSyntaxException("found duplicate %TAG directive", token.Start);
            }

            token = Take();
        }

        if (token.Kind != YamlTokenKind.DocumentStart)
        {
            throw new YamlSyntaxException("did not find expected <document start>", token.Start);
        }

        _scanner.Skip();
    }

    private YamlNode ReadDocumentContent()
    {
        var token = _scanner.Peek();
        return token.Kind is YamlTokenKind.VersionDirective or YamlTokenKind.TagDirective or YamlTokenKind.DocumentStart
            or YamlTokenKind.DocumentEnd or YamlTokenKind.StreamEnd
            ? EmptyScalar(token.Start)
            : ReadNode(isBlock: true, allowsIndentless: false);
    }

    private YamlNode ReadNode(bool isBlock, bool allowsIndentless)
    {
        if (++_depth > MaxDepth)
        {
            throw new YamlSyntaxException($"exceeded max depth of {MaxDepth}", _scanner.Peek().Start);
        }

        var node = ReadNodeCore(isBlock, allowsIndentless);
        _depth--;
        return node;
    }

    private YamlNode ReadNodeCore(bool isBlock, bool allowsIndentless)
    {
        var token = _scanner.Peek();
        if (token.Kind == YamlTokenKind.Alias)
        {
            return ReadAlias(token);
        }

        var start = token.Start;
        string? anchor = null;
        string? tag = null;
        while ((token.Kind == YamlTokenKind.Anchor && anchor is null) || (token.Kind == YamlTokenKind.Tag && tag is null))
        {
            if (token.Kind == YamlTokenKind.Anchor)
            {
                anchor = token.Name;
            }
            else
            {
                tag = ResolveTag(token);
            }

            token = Take();
        }

        var hasProperties = anchor is not null || tag is not null;
        var node = token.Kind switch
        {
            YamlTokenKind.BlockEntry when allowsIndentless => ReadSequence(isIndentless: true, anchor),
            YamlTokenKind.Scalar => ReadScalar(token),
            YamlTokenKind.FlowSequenceStart => ReadFlowSequence(anchor),
            YamlTokenKind.FlowMappingStart => ReadFlowMapping(anchor),
            YamlTokenKind.BlockSequenceStart when isBlock => ReadSequence(isIndentless: false, anchor),
            YamlTokenKind.BlockMappingStart when isBlock => ReadMapping(anchor),
            _ when hasProperties => EmptyScalar(token.Start),
            _ => throw new YamlSyntaxException("did not find expected node content", token.Start),
        };
        Place(node, start, token.Start);
        node.Tag = tag == "!" ? (node.Kind == YamlNodeKind.Scalar ? "!" : null) : tag;
        Register(anchor, node);
        return node;
    }

    private YamlNode ReadAlias(YamlToken token)
    {
        if (!_anchors.TryGetValue(token.Name, out var target))
        {
            throw new YamlSyntaxException($"unknown anchor '{token.Name}' referenced", token.Start);
        }

        var node = new YamlNode(YamlNodeKind.Alias) { Target = target, End = token.End.Index };
        Place(node, token.Start, token.Start);
        GiveComments(node);
        _scanner.Skip();
        return node;
    }

    private YamlNode ReadScalar(YamlToken token)
    {
        var node = new YamlNode(YamlNodeKind.Scalar) { Value = token.Value, Style = token.Style, End = token.End.Index };
        GiveComments(node);
        _scanner.Skip();
        return node;
    }

    private YamlNode ReadSequence(bool isIndentless, string? anchor)
    {
        var node = new YamlNode(YamlNodeKind.Sequence);
        Register(anchor, node);
        TakeStem(node);
        var token = isIndentless ? _scanner.Peek() : Take();
        while (token.Kind == YamlTokenKind.BlockEntry)
        {
            var after = token.End;
            var stemLength = _scanner.HeadComment.Length;
            node.End = token.End.Index;
            token = Take();
            SplitStem(stemLength, token);
            var isEmpty = token.Kind is YamlTokenKind.BlockEntry or YamlTokenKind.BlockEnd
                || (isIndentless && token.Kind is YamlTokenKind.Key or YamlTokenKind.Value);
            Append(node, isEmpty ? EmptyScalar(after) : ReadNode(isBlock: true, allowsIndentless: false));
            token = _scanner.Peek();
        }

        if (!isIndentless)
        {
            Expect(token, YamlTokenKind.BlockEnd, "did not find expected '-' indicator");
            _scanner.Skip();
        }

        return node;
    }

    private YamlNode ReadMapping(string? anchor)
    {
        var node = new YamlNode(YamlNodeKind.Mapping);
        Register(anchor, node);
        TakeStem(node);
        var token = Take();
        while (token.Kind is YamlTokenKind.Key or YamlTokenKind.Value)
        {
            var key = ReadBlockKey(token);
            if (key.FootComment.Length > 0 && node.Content.Count > 1)
            {
                // A foot met before this key belongs to the key before it.
                node.Content[^2].FootComment = key.FootComment;
                key.FootComment = "";
            }

            AppendPair(node, key, ReadBlockValue());
            token = _scanner.Peek();
        }

        Expect(token, YamlTokenKind.BlockEnd, "did not find expected key");
        GiveEndComments(node);
        _scanner.Skip();
        if (node.FootComment.Length > 0 && node.Content.Count > 1)
        {
            node.Content[^2].FootComment = node.FootComment;
            node.FootComment = "";
        }

        return node;
    }

    private YamlNode ReadBlockKey(YamlToken token)
    {
        if (token.Kind != YamlTokenKind.Key)
        {
            return EmptyScalar(token.Start);
        }

        var after = token.End;
        token = Take();
        return token.Kind is YamlTokenKind.Key or YamlTokenKind.Value or YamlTokenKind.BlockEnd
            ? EmptyScalar(after)
            : ReadNode(isBlock: true, allowsIndentless: true);
    }

    private YamlNode ReadBlockValue()
    {
        var token = _scanner.Peek();
        if (token.Kind != YamlTokenKind.Value)
        {
            return EmptyScalar(token.Start);
        }

        var after = token.End;
        token = Take();
        return token.Kind is YamlTokenKind.Key or YamlTokenKind.Value or YamlTokenKind.BlockEnd
            ? EmptyScalar(after)
            : ReadNode(isBlock: true, allowsIndentless: true);
    }

    private static void Append(YamlNode parent, YamlNode child)
    {
        parent.Content.Add(child);
        parent.End = Math.Max(parent.End, child.End);
    }

    private static void AppendPair(YamlNode mapping, YamlNode key, YamlNode value)
    {
        Append(mapping, key);
        Append(mapping, value);
        if (key.FootComment.Length == 0 && value.FootComment.Length > 0)
        {
            key.FootComment = value.FootComment;
            value.FootComment = "";
        }
    }

    /// <summary>An item that is a collection takes the head comment before its dash; the rest stays for its first entry.</summary>
    private void SplitStem(int stemLength, YamlToken token)
    {
        if (stemLength > 0 && token.Kind is YamlTokenKind.BlockSequenceStart or YamlTokenKind.BlockMappingStart)
        {
            _stemComment = _scanner.HeadComment.Take(stemLength);
        }
    }

    private void TakeStem(YamlNode node)
    {
        node.HeadComment = _stemComment;
        _stemComment = "";
    }

    private void GiveComments(YamlNode node) => (node.HeadComment, node.LineComment, node.FootComment) = TakeComments();

    private void GiveEndComments(YamlNode node)
    {
        (_, node.LineComment, node.FootComment) = TakeComments();
    }

    private (string Head, string Line, string Foot) TakeComments()
    {
        _stemComment = "";
        return (_scanner.HeadComment.Take(), _scanner.LineComment.Take(), _scanner.FootComment.Take());
    }

    private YamlToken Take()
    {
        _scanner.Skip();
        return _scanner.Peek();
    }

    private static void Place(YamlNode node, YamlMark start, YamlMark valueStart)
    {
        node.Start = start.Index;
        node.ValueStart = valueStart.Index;
        node.Line = start.Line;
        node.Column = start.Column;
    }

    private static YamlNode EmptyScalar(YamlMark mark)
    {
        var node = new YamlNode(YamlNodeKind.Scalar) { End = mark.Index };
        Place(node, mark, mark);
        return node;
    }

    private void Register(string? anchor, YamlNode node)
    {
        if (anchor is not null)
        {
            _anchors[anchor] = node;
        }
    }

    /// <summary>The tag in short form: <c>!!str</c> for YAML's own, else as it is.</summary>
    private string ResolveTag(YamlToken token)
    {
        var full = token.Name switch
        {
            "" => token.Suffix,
            _ when _tagHandles.TryGetValue(token.Name, out var prefix) => prefix + token.Suffix,
            "!" => "!" + token.Suffix,
            "!!" => "tag:yaml.org,2002:" + token.Suffix,
            _ => throw new YamlSyntaxException("found undefined tag handle", token.Start),
        };
        const string Own = "tag:yaml.org,2002:";
        return full.StartsWith(Own, StringComparison.Ordinal) ? "!!" + full[Own.Length..] : full;
    }

    private static void Expect(YamlToken token, YamlTokenKind kind, string problem)
    {
        if (token.Kind != kind)
        {
            throw new YamlSyntaxException(problem, token.Start);
        }
    }
}
