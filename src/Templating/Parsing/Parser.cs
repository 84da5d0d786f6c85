using SecretsOps.Templating.Functions;
using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Parsing;

/// <summary>Builds the trees of one source: the template itself and those it defines. A recursive-descent parser.</summary>
internal sealed partial class Parser
{
    private const int MaxNesting = 200;

    private readonly Lexer _lexer;
    private readonly FunctionTable _functions;
    private readonly Dictionary<string, ListNode> _trees;
    private readonly List<Token> _tokens;
    private readonly List<string> _variables = ["$"];
    private int _next;
    private int _rangeDepth;
    private int _nesting;

    private Parser(string name, string source, FunctionTable functions, Dictionary<string, ListNode> trees)
    {
        _lexer = new Lexer(name, source);
        _functions = functions;
        _trees = trees;
        _tokens = _lexer.Run();
    }

    /// <summary>Parses a source; the tree of the whole goes under <paramref name="name"/>.</summary>
    internal static Dictionary<string, ListNode> Parse(string name, string source, FunctionTable functions)
    {
        var trees = new Dictionary<string, ListNode>();
        var parser = new Parser(name, source, functions, trees);
        trees[name] = parser.ReadTop();
        return trees;
    }

    private ListNode ReadTop()
    {
        var items = new List<Node>();
        while (Peek().Kind != TokenKind.End)
        {
            if (Peek().Kind == TokenKind.LeftDelimiter && TryReadDefinition())
            {
                continue;
            }

            var (node, stop) = ReadTextOrAction();
            if (stop.Length > 0)
            {
                throw Error($"unexpected {{{{{stop}}}}}");
            }

            items.Add(node!);
        }

        return new ListNode(0, items);
    }

    private bool TryReadDefinition()
    {
        var start = _next;
        Take();
        if (TakeNonSpace() is not { Kind: TokenKind.Keyword, Text: "define" })
        {
            _next = start;
            return false;
        }

        var name = ReadName("define clause");
        Expect(TokenKind.RightDelimiter, "define clause");
        Define(name, "define clause");
        return true;
    }

    private void Define(string name, string context)
    {
        var outer = _variables.ToArray();
        var outerRanges = _rangeDepth;
        _variables.RemoveRange(1, _variables.Count - 1);
        _rangeDepth = 0;
        var (list, stop) = ReadList();
        if (stop != "end")
        {
            throw Error($"unexpected {{{{{stop}}}}} in {context}");
        }

        _trees[name] = list;
        _variables.Clear();
        _variables.AddRange(outer);
        _rangeDepth = outerRanges;
    }

    private (ListNode List, string Stop) ReadList()
    {
        if (++_nesting > MaxNesting)
        {
            throw Error($"nested deeper than {MaxNesting} levels");
        }

        var list = new ListNode(PeekNonSpace().Position, []);
        while (PeekNonSpace().Kind != TokenKind.End)
        {
            var (node, stop) = ReadTextOrAction();
            if (stop.Length > 0)
            {
                _nesting--;
                return (list, stop);
            }

            list.Items.Add(node!);
        }

        throw Error("unexpected EOF");
    }

    private (Node? Node, string Stop) ReadTextOrAction()
    {
        var token = TakeNonSpace();
        return token.Kind switch
        {
            TokenKind.Text => (new TextNode(token.Position, token.Text), ""),
            TokenKind.LeftDelimiter => ReadAction(),
            _ => throw Unexpected(token, "input"),
        };
    }

    private (Node? Node, string Stop) ReadAction()
    {
        var start = _next;
        var token = TakeNonSpace();
        if (token.Kind != TokenKind.Keyword)
        {
            _next = start;
            var position = PeekNonSpace().Position;
            return (new ActionNode(position, ReadPipeline("command", TokenKind.RightDelimiter)), "");
        }

        switch (token.Text)
        {
            case "if" or "with" or "range":
                return (ReadBranch(token), "");
            case "else":
                return (null, ReadElse());
            case "end":
                Expect(TokenKind.RightDelimiter, "end");
                return (null, "end");
            case "break" or "continue":
                return (ReadJump(token), "");
            case "template":
                return (ReadTemplateCall(token), "");
            case "block":
                return (ReadBlock(token), "");
            default:
                throw Unexpected(token, "command");
        }
    }

    private string ReadElse()
    {
        // 'else if' and 'else with' leave their keyword for the branch that continues
        if (PeekNonSpace() is { Kind: TokenKind.Keyword, Text: "if" or "with" })
        {
            return "else";
        }

        Expect(TokenKind.RightDelimiter, "else");
        return "else";
    }

    private JumpNode ReadJump(Token token)
    {
        if (PeekNonSpace().Kind != TokenKind.RightDelimiter)
        {
            throw Unexpected(PeekNonSpace(), $"{{{{{token.Text}}}}}");
        }

        TakeNonSpace();
        return _rangeDepth > 0
            ? new JumpNode(token.Position, token.Text)
            : throw Error($"{{{{{token.Text}}}}} outside {{{{range}}}}");
    }

    private BranchNode ReadBranch(Token keyword)
    {
        var scope = _variables.Count;
        var pipe = ReadPipeline(keyword.Text, TokenKind.RightDelimiter);
        _rangeDepth += keyword.Text == "range" ? 1 : 0;
        var (body, stop) = ReadList();
        _rangeDepth -= keyword.Text == "range" ? 1 : 0;
        ListNode? otherwise = null;
        if (stop == "else")
        {
            otherwise = ReadElseBody(keyword);
        }

        _variables.RemoveRange(scope, _variables.Count - scope);
        return new BranchNode(pipe.Position, keyword.Text, pipe, body, otherwise);
    }

    private ListNode ReadElseBody(Token keyword)
    {
        if (PeekNonSpace() is { Kind: TokenKind.Keyword } next)
        {
            if (next.Text != keyword.Text)
            {
                throw Unexpected(next, "else");
            }

            TakeNonSpace();
            if (++_nesting > MaxNesting)
            {
                throw Error($"nested deeper than {MaxNesting} levels");
            }

            var branch = ReadBranch(next); // one {{end}} closes them all
            _nesting--;
            return new ListNode(next.Position, [branch]);
        }

        var (list, stop) = ReadList();
        return stop == "end" ? list : throw Error($"expected end; found {{{{{stop}}}}}");
    }

    private TemplateNode ReadTemplateCall(Token token)
    {
        var name = ReadName("template clause");
        if (PeekNonSpace().Kind == TokenKind.RightDelimiter)
        {
            TakeNonSpace();
            return new TemplateNode(token.Position, name, null);
        }

        return new TemplateNode(token.Position, name, ReadPipeline("template clause", TokenKind.RightDelimiter));
    }

    private TemplateNode ReadBlock(Token token)
    {
        var name = ReadName("block clause");
        var pipe = ReadPipeline("block clause", TokenKind.RightDelimiter);
        Define(name, "block clause");
        return new TemplateNode(token.Position, name, pipe);
    }

    private string ReadName(string context)
    {
        var token = TakeNonSpace();
        return token.Kind is TokenKind.QuotedString or TokenKind.RawString ? TextOf(token) : throw Unexpected(token, context);
    }

    private string TextOf(Token token)
    {
        if (token.Kind == TokenKind.RawString)
        {
            return token.Text[1..^1].Replace("\r", "", StringComparison.Ordinal);
        }

        return GoQuote.Unquote(token.Text[1..^1]) ?? throw Error("invalid syntax");
    }

    private static bool StartsOperand(TokenKind kind) => kind is TokenKind.Bool or TokenKind.Character or TokenKind.Dot or TokenKind.Field
        or TokenKind.Identifier or TokenKind.Number or TokenKind.Nil or TokenKind.RawString or TokenKind.QuotedString or TokenKind.Variable
        or TokenKind.LeftParenthesis;

    private Token Peek() => _tokens[_next];

    private Token Take() => _tokens[_next].Kind == TokenKind.End ? _tokens[_next] : _tokens[_next++];

    private void SkipSpace()
    {
        while (Peek().Kind == TokenKind.Space)
        {
            _next++;
        }
    }

    private Token PeekNonSpace()
    {
        var i = _next;
        while (_tokens[i].Kind == TokenKind.Space)
        {
            i++;
        }

        return _tokens[i];
    }

    private Token TakeNonSpace()
    {
        SkipSpace();
        return Take();
    }

    private void Expect(TokenKind kind, string context)
    {
        var token = TakeNonSpace();
        if (token.Kind != kind)
        {
            throw Unexpected(token, context);
        }
    }

    private TemplateException Unexpected(Token token, string context) => _lexer.Error(token.Position, $"unexpected {token.Describe()} in {context}");

    private TemplateException Error(string problem) => _lexer.Error(_tokens[Math.Max(_next - 1, 0)].Position, problem);
}
