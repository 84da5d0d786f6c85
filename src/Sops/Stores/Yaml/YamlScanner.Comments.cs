using System.Text;

namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Comments: which token a comment belongs to, and whether it is its head, the end of its line or its foot.</summary>
/// <remarks>
/// Compatibility: go-yaml v3. A comment block right below content, or indented less than what follows, is a foot of what came before; a blank line after it seals that.
/// Otherwise it is the head of what follows. Closing an indentation level moves the level's end above comments that stand in its column.
/// </remarks>
internal sealed partial class YamlScanner
{
    private readonly List<YamlComment> _comments = [];
    private int _commentHead;

    /// <summary>Where each comment line stands, its <c>#</c> included.</summary>
    public List<(int Start, int End)> CommentSpans { get; } = [];

    /// <summary>Comments seen for the tokens peeked so far and not yet claimed by a node.</summary>
    public CommentLines HeadComment { get; } = new();

    public CommentLines LineComment { get; } = new();

    public CommentLines FootComment { get; } = new();

    private void UnfoldComments(YamlToken token)
    {
        while (_commentHead < _comments.Count && token.Start.Index >= _comments[_commentHead].Owner.Index)
        {
            var comment = _comments[_commentHead];
            if (comment.Head.Length > 0)
            {
                if (token.Kind == YamlTokenKind.BlockEnd)
                {
                    // The head is for whatever follows the block.
                    break;
                }

                HeadComment.Add(comment.Head);
            }

            FootComment.Add(comment.Foot);
            LineComment.Add(comment.Line);
            _commentHead++;
        }
    }

    private void SkipToNextToken()
    {
        var scanStart = Mark;
        while (true)
        {
            if (_column == 0 && _text.AsSpan(_at).StartsWith("\uFEFF"u8))
            {
                AdvanceCharacter();
            }

            // Tabs separate tokens in flow context, and in block context where no simple key may start.
            while (Current == ' ' || (Current == '\t' && (_flowDepth > 0 || !_isSimpleKeyAllowed)))
            {
                Advance(1);
            }

            TurnLineCommentOfEntryIntoHead();
            if (Current == '#')
            {
                ScanComments(scanStart);
            }

            if (!IsBreak())
            {
                return;
            }

            AdvanceLine();
            if (_flowDepth == 0)
            {
                _isSimpleKeyAllowed = true;
            }
        }
    }

    /// <summary><c>- # text</c> as the first entry with content below: the comment is the head of that content.</summary>
    private void TurnLineCommentOfEntryIntoHead()
    {
        if (_comments.Count == _commentHead || _tokens.Count < 2
            || _tokens[^2].Kind != YamlTokenKind.BlockSequenceStart || _tokens[^1].Kind != YamlTokenKind.BlockEntry
            || _comments[^1].Line.Length == 0 || IsBreak())
        {
            return;
        }

        var comment = _comments[^1];
        comment.Head = comment.Line;
        comment.Line = "";
        if (comment.Start.Line == _line - 1)
        {
            comment.Owner = Mark;
        }
    }

    /// <summary>A comment that follows a token on its line.</summary>
    private void ScanLineComment(YamlMark owner)
    {
        if (_newlines > 0)
        {
            return;
        }

        var offset = 0;
        while (IsBlank(offset))
        {
            offset++;
        }

        if (_text[_at + offset] != '#')
        {
            return;
        }

        Advance(offset);
        var start = Mark;
        _comments.Add(new YamlComment { Owner = owner, Start = start, ScanStart = start, End = start, Line = ReadCommentLine() });
        CommentSpans.Add((start.Index, _at));
    }

    private string ReadCommentLine()
    {
        var start = _at;
        while (!IsBreakOrEnd())
        {
            AdvanceCharacter();
        }

        return Encoding.UTF8.GetString(_text, start, _at - start);
    }

    private void ScanComments(YamlMark scanStart)
    {
        var block = new CommentBlock(this, scanStart);
        block.Scan();
    }

    /// <summary>Closes the indentation levels deeper than <paramref name="column"/>; comments in a level's column stay outside of it as its foot.</summary>
    private void UnrollIndent(int column, YamlMark scanStart)
    {
        if (_flowDepth > 0)
        {
            return;
        }

        var end = scanStart with { Index = scanStart.Index - 1 };
        while (_indent > column)
        {
            var stop = end.Index;
            for (var i = _comments.Count - 1; i >= 0 && _comments[i].End.Index >= stop; i--)
            {
                if (_comments[i].Start.Column == _indent + 1)
                {
                    end = _comments[i].Start;
                }

                stop = _comments[i].ScanStart.Index;
            }

            _tokens.Add(new YamlToken(YamlTokenKind.BlockEnd, end, end));
            _indent = _indents.Pop();
        }
    }

    /// <summary>One run of comment lines between two tokens, split into feet of what is before and a head of what is after.</summary>
    private sealed class CommentBlock
    {
        private readonly YamlScanner _scanner;
        private readonly StringBuilder _lines = new();
        private readonly YamlTokenKind _previousKind;
        private readonly int _footLine;
        private YamlMark _scanStart;
        private YamlMark _owner;
        private YamlMark _start;
        private int _peek;
        private int _line;
        private int _column;
        private bool _isFirstGap;
        private bool _isAfterGap;

        public CommentBlock(YamlScanner scanner, YamlMark scanStart)
        {
            _scanner = scanner;
            _scanStart = scanStart;
            var previous = scanner._tokens[^1];
            if (previous.Kind == YamlTokenKind.FlowEntry && scanner._tokens.Count > 1)
            {
                previous = scanner._tokens[^2];
            }

            _previousKind = previous.Kind;
            _owner = previous.Start;
            _line = scanner._line;
            _column = scanner._column;
            _isFirstGap = scanner._newlines <= 1;
            _footLine = FootLine();
        }

        private int Indent => Math.Max(_scanner._indent, 0);

        public void Scan()
        {
            while (Step())
            {
            }

            if (_lines.Length > 0)
            {
                Add(new YamlComment
                {
                    ScanStart = _scanStart,
                    Owner = _start,
                    Start = _start,
                    End = new YamlMark(_scanner._at + _peek - 1, _line, _column),
                    Head = _lines.ToString(),
                });
            }
        }

        /// <summary>The line where a comment still counts as standing right below the content before.</summary>
        private int FootLine()
        {
            if (_scanStart.Line == 0)
            {
                return -1;
            }

            var line = _scanner._line - _scanner._newlines + 1;
            return _scanner._newlines == 0 && _scanner._column > 1 ? line + 1 : line;
        }

        private bool Step()
        {
            _column++;
            if (_scanner.IsBlank(_peek))
            {
                _peek++;
                return true;
            }

            var current = _scanner._text[_scanner._at + _peek];
            var closesFlow = _scanner._flowDepth > 0 && current is (byte)']' or (byte)'}';
            if (closesFlow || _scanner.IsBreakOrEnd(_peek))
            {
                return StepOverGap(closesFlow, current == 0);
            }

            if (_lines.Length > 0 && _column - 1 < Indent && _column != _start.Column)
            {
                // Another indentation: what was read so far is the foot of what came before.
                EndFoot();
            }

            if (current != '#')
            {
                return false;
            }

            ReadLine();
            return true;
        }

        private bool StepOverGap(bool closesFlow, bool isEnd)
        {
            if ((closesFlow || !_isAfterGap) && _lines.Length > 0)
            {
                var isBelowContent = _start.Line == _footLine && _previousKind != YamlTokenKind.Value;
                var isDedented = _start.Column - 1 < Indent;
                if (closesFlow || (_isFirstGap && (isBelowContent || isDedented)))
                {
                    _owner = isDedented ? _start : _owner;
                    EndFoot();
                }
                else if (!isEnd)
                {
                    _lines.Append('\n');
                }
            }

            if (!_scanner.IsBreak(_peek))
            {
                return false;
            }

            _isFirstGap = false;
            _isAfterGap = true;
            _column = 0;
            _line++;
            _peek++;
            return true;
        }

        private void ReadLine()
        {
            if (_lines.Length == 0)
            {
                _start = new YamlMark(_scanner._at + _peek, _line, _column);
            }
            else
            {
                _lines.Append('\n');
            }

            _isAfterGap = false;
            var target = _scanner._at + _peek;
            while (_scanner._at < target)
            {
                if (_scanner.IsBreak())
                {
                    _scanner.AdvanceLine();
                }
                else
                {
                    _scanner.AdvanceCharacter();
                }
            }

            _lines.Append(_scanner.ReadCommentLine());
            _scanner.CommentSpans.Add((target, _scanner._at));
            _line = _scanner._line;
            _column = 0;

            // One byte of the break that ends the comment line is no gap. (Compatibility: of CRLF the second byte is one, as in go-yaml.)
            _peek = 1;
        }

        private void EndFoot()
        {
            var end = new YamlMark(_scanner._at + _peek, _line, _column);
            Add(new YamlComment { ScanStart = _scanStart, Owner = _owner, Start = _start, End = end, Foot = _lines.ToString() });
            _scanStart = end;
            _owner = end;
            _lines.Clear();
        }

        private void Add(YamlComment comment) => _scanner._comments.Add(comment);
    }
}
