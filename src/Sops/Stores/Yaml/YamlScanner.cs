namespace SecretsOps.Sops.Stores.Yaml;

// A scanner of its own, and not YamlDotNet's, because sops keeps comments where go-yaml v3 puts them and types scalars as go-yaml does:
// both follow from the order in which that scanner looks ahead. Split by topic: tokens and indentation here, then simple keys, comments, scalars, tags.

/// <summary>Turns YAML text into tokens and comments, looking ahead exactly as far as go-yaml v3, because that decides to which token a comment belongs.</summary>
internal sealed partial class YamlScanner
{
    private const int MaxFlowDepth = 1000;
    private const int MaxIndents = 1000;

    private readonly byte[] _text;
    private readonly List<YamlToken> _tokens = [];
    private readonly List<SimpleKey> _simpleKeys = [default];
    // Level in _simpleKeys by number of token: a list of a thousand levels is not searched for every token.
    private readonly Dictionary<int, int> _simpleKeyLevels = [];
    private readonly Stack<int> _indents = new();
    private int _head;
    private int _consumed;
    private int _at;
    private int _line;
    private int _column;
    private int _newlines;
    private int _indent = -1;
    private int _flowDepth;
    private bool _isSimpleKeyAllowed;
    private bool _hasStarted;
    private bool _hasEnded;

    /// <summary>Takes text that ends with at least four zero bytes after its content; see <see cref="YamlText"/>.</summary>
    public YamlScanner(YamlText text)
    {
        _text = text.Bytes;
        _at = text.Start;
    }

    private YamlMark Mark => new(_at, _line, _column);

    private byte Current => _text[_at];

    /// <summary>The next token, without taking it; comments that belong to it become available.</summary>
    public YamlToken Peek()
    {
        while (!_hasEnded && NeedsMoreTokens())
        {
            FetchNext();
        }

        var token = _tokens[_head];
        UnfoldComments(token);
        return token;
    }

    /// <summary>Takes the token that <see cref="Peek"/> showed.</summary>
    public void Skip()
    {
        _head++;
        _consumed++;
        if (_head > 1024)
        {
            // Two taken tokens stay: the comment rules look back at them.
            _tokens.RemoveRange(0, _head - 2);
            _head = 2;
        }
    }

    private bool NeedsMoreTokens()
    {
        // go-yaml looks two tokens ahead so that a foot comment is seen before the token it belongs to is taken.
        if (_head >= _tokens.Count - 2)
        {
            return true;
        }

        return _simpleKeyLevels.TryGetValue(_consumed, out var level) && IsValid(_simpleKeys[level]);
    }

    private void FetchNext()
    {
        if (!_hasStarted)
        {
            _hasStarted = true;
            _isSimpleKeyAllowed = true;
            _tokens.Add(new YamlToken(YamlTokenKind.StreamStart, Mark, Mark));
            return;
        }

        var scanStart = Mark;
        SkipToNextToken();
        UnrollIndent(_column, scanStart);
        if (Current == 0 || (_column == 0 && FetchAtLineStart()))
        {
            if (Current == 0 && !_hasEnded && _tokens[^1].Kind is not YamlTokenKind.StreamEnd)
            {
                FetchStreamEnd();
            }

            return;
        }

        var commentOwner = Mark;
        if (_tokens.Count > 0 && Current == (_flowDepth == 0 ? ':' : ','))
        {
            commentOwner = _tokens[^1].Start;
        }

        FetchContent();
        if (_tokens[^1].Kind != YamlTokenKind.BlockEntry)
        {
            ScanLineComment(commentOwner);
        }
    }

    private bool FetchAtLineStart()
    {
        if (Current == '%')
        {
            FetchDirective();
            return true;
        }

        if (IsDocumentIndicator("---"u8))
        {
            FetchDocumentIndicator(YamlTokenKind.DocumentStart);
            return true;
        }

        if (IsDocumentIndicator("..."u8))
        {
            FetchDocumentIndicator(YamlTokenKind.DocumentEnd);
            return true;
        }

        return false;
    }

    private void FetchContent()
    {
        switch (Current)
        {
            case (byte)'[':
                FetchFlowStart(YamlTokenKind.FlowSequenceStart);
                break;
            case (byte)'{':
                FetchFlowStart(YamlTokenKind.FlowMappingStart);
                break;
            case (byte)']':
                FetchFlowEnd(YamlTokenKind.FlowSequenceEnd);
                break;
            case (byte)'}':
                FetchFlowEnd(YamlTokenKind.FlowMappingEnd);
                break;
            case (byte)',':
                RemoveSimpleKey();
                _isSimpleKeyAllowed = true;
                FetchIndicator(YamlTokenKind.FlowEntry);
                break;
            case (byte)'-' when IsBlankOrEnd(1):
                FetchBlockEntry();
                break;
            case (byte)'?' when _flowDepth > 0 || IsBlankOrEnd(1):
                FetchKey();
                break;
            case (byte)':' when _flowDepth > 0 || IsBlankOrEnd(1):
                FetchValue();
                break;
            default:
                FetchNodeStart();
                break;
        }
    }

    private void FetchNodeStart()
    {
        switch (Current)
        {
            case (byte)'*':
                FetchAnchor(YamlTokenKind.Alias);
                break;
            case (byte)'&':
                FetchAnchor(YamlTokenKind.Anchor);
                break;
            case (byte)'!':
                SaveSimpleKey();
                _isSimpleKeyAllowed = false;
                _tokens.Add(ScanTag());
                break;
            case (byte)'|' or (byte)'>' when _flowDepth == 0:
                RemoveSimpleKey();
                _isSimpleKeyAllowed = true;
                _tokens.Add(ScanBlockScalar());
                break;
            case (byte)'\'' or (byte)'"':
                SaveSimpleKey();
                _isSimpleKeyAllowed = false;
                _tokens.Add(ScanQuotedScalar());
                break;
            default:
                FetchPlain();
                break;
        }
    }

    private void FetchPlain()
    {
        var isPlain = Current switch
        {
            (byte)'-' => !IsBlank(1),
            (byte)'?' or (byte)':' => _flowDepth == 0 && !IsBlankOrEnd(1),
            var current => "\t,[]{}#&*!|>'\"%@`"u8.IndexOf(current) < 0,
        };
        if (!isPlain)
        {
            throw Failure("found character that cannot start any token");
        }

        SaveSimpleKey();
        _isSimpleKeyAllowed = false;
        _tokens.Add(ScanPlainScalar());
    }

    private void FetchStreamEnd()
    {
        if (_column != 0)
        {
            _column = 0;
            _line++;
        }

        UnrollIndent(-1, Mark);
        RemoveSimpleKey();
        _isSimpleKeyAllowed = false;
        // Twice more, so that the two-token look-ahead always finds something.
        for (var i = 0; i < 3; i++)
        {
            _tokens.Add(new YamlToken(YamlTokenKind.StreamEnd, Mark, Mark));
        }

        _hasEnded = true;
    }

    private void FetchDocumentIndicator(YamlTokenKind kind)
    {
        UnrollIndent(-1, Mark);
        RemoveSimpleKey();
        _isSimpleKeyAllowed = false;
        var start = Mark;
        Advance(3);
        _tokens.Add(new YamlToken(kind, start, Mark));
    }

    private void FetchIndicator(YamlTokenKind kind)
    {
        var start = Mark;
        Advance(1);
        _tokens.Add(new YamlToken(kind, start, Mark));
    }

    private void FetchFlowStart(YamlTokenKind kind)
    {
        SaveSimpleKey();
        if (++_flowDepth > MaxFlowDepth)
        {
            throw Failure($"exceeded max depth of {MaxFlowDepth}");
        }

        _simpleKeys.Add(default);
        _isSimpleKeyAllowed = true;
        FetchIndicator(kind);
    }

    private void FetchFlowEnd(YamlTokenKind kind)
    {
        RemoveSimpleKey();
        if (_flowDepth > 0)
        {
            _flowDepth--;
            _simpleKeys.RemoveAt(_simpleKeys.Count - 1); // RemoveSimpleKey has emptied it
        }

        _isSimpleKeyAllowed = false;
        FetchIndicator(kind);
    }

    private void FetchBlockEntry()
    {
        if (_flowDepth == 0)
        {
            RequireSimpleKeyAllowed("block sequence entries are not allowed in this context");
            RollIndent(_column, -1, YamlTokenKind.BlockSequenceStart, Mark);
        }

        RemoveSimpleKey();
        _isSimpleKeyAllowed = true;
        FetchIndicator(YamlTokenKind.BlockEntry);
    }

    private void FetchKey()
    {
        if (_flowDepth == 0)
        {
            RequireSimpleKeyAllowed("mapping keys are not allowed in this context");
            RollIndent(_column, -1, YamlTokenKind.BlockMappingStart, Mark);
        }

        RemoveSimpleKey();
        _isSimpleKeyAllowed = _flowDepth == 0;
        FetchIndicator(YamlTokenKind.Key);
    }

    private void FetchValue()
    {
        var key = _simpleKeys[^1];
        if (IsValid(key))
        {
            _tokens.Insert(_head + key.TokenNumber - _consumed, new YamlToken(YamlTokenKind.Key, key.Mark, key.Mark));
            RollIndent(key.Mark.Column, key.TokenNumber, YamlTokenKind.BlockMappingStart, key.Mark);
            ForgetSimpleKey();
            _isSimpleKeyAllowed = false;
        }
        else
        {
            if (_flowDepth == 0)
            {
                RequireSimpleKeyAllowed("mapping values are not allowed in this context");
                RollIndent(_column, -1, YamlTokenKind.BlockMappingStart, Mark);
            }

            _isSimpleKeyAllowed = _flowDepth == 0;
        }

        FetchIndicator(YamlTokenKind.Value);
    }

    private void FetchAnchor(YamlTokenKind kind)
    {
        SaveSimpleKey();
        _isSimpleKeyAllowed = false;
        _tokens.Add(ScanAnchor(kind));
    }

    private void RollIndent(int column, int tokenNumber, YamlTokenKind kind, YamlMark mark)
    {
        if (_flowDepth > 0 || _indent >= column)
        {
            return;
        }

        _indents.Push(_indent);
        _indent = column;
        if (_indents.Count > MaxIndents)
        {
            throw Failure($"exceeded max depth of {MaxIndents}");
        }

        var token = new YamlToken(kind, mark, mark);
        _tokens.Insert(tokenNumber < 0 ? _tokens.Count : _head + tokenNumber - _consumed, token);
    }

    private YamlSyntaxException Failure(string problem) => new(problem, Mark);
}
