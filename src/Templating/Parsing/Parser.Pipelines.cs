using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Parsing;

/// <summary>What stands between the words of an action: pipelines, commands, operands and terms.</summary>
internal sealed partial class Parser
{
    private PipeNode ReadPipeline(string context, TokenKind end)
    {
        if (++_nesting > MaxNesting)
        {
            throw Error($"nested deeper than {MaxNesting} levels");
        }

        var position = PeekNonSpace().Position;
        var (variables, isAssignment) = ReadDeclarations(context);
        var commands = new List<CommandNode>();
        for (; ; )
        {
            var token = PeekNonSpace();
            if (token.Kind == end)
            {
                TakeNonSpace();
                _nesting--;
                Check(commands, context);
                return new PipeNode(position, variables, isAssignment, commands);
            }

            if (!StartsOperand(token.Kind))
            {
                throw Unexpected(TakeNonSpace(), context);
            }

            commands.Add(ReadCommand());
        }
    }

    private (List<string> Variables, bool IsAssignment) ReadDeclarations(string context)
    {
        var variables = new List<string>();
        while (PeekNonSpace().Kind == TokenKind.Variable)
        {
            var start = _next;
            var name = TakeNonSpace().Text;
            var next = PeekNonSpace();
            if (next.Kind is TokenKind.Assign or TokenKind.Declare)
            {
                TakeNonSpace();
                variables.Add(name);
                _variables.Add(name);
                return (variables, next.Kind == TokenKind.Assign);
            }

            if (next.Kind != TokenKind.Comma)
            {
                _next = start;
                return (variables, false);
            }

            TakeNonSpace();
            variables.Add(name);
            _variables.Add(name);
            if (context != "range" || variables.Count >= 2)
            {
                throw Error($"too many declarations in {context}");
            }

            if (PeekNonSpace().Kind is not (TokenKind.Variable or TokenKind.RightDelimiter or TokenKind.RightParenthesis))
            {
                throw Error("range can only initialize variables");
            }
        }

        return (variables, false);
    }

    private void Check(List<CommandNode> commands, string context)
    {
        if (commands.Count == 0)
        {
            throw Error($"missing value for {context}");
        }

        for (var i = 1; i < commands.Count; i++)
        {
            if (commands[i].Arguments[0] is ConstantNode or DotNode or NilNode)
            {
                throw Error($"non executable command in pipeline stage {i + 1}");
            }
        }
    }

    private CommandNode ReadCommand()
    {
        var command = new CommandNode(PeekNonSpace().Position, []);
        for (; ; )
        {
            PeekNonSpace();
            SkipSpace();
            if (ReadOperand() is { } operand)
            {
                command.Arguments.Add(operand);
            }

            var token = Take();
            if (token.Kind == TokenKind.Space)
            {
                continue;
            }

            if (token.Kind is TokenKind.RightDelimiter or TokenKind.RightParenthesis)
            {
                _next--;
            }
            else if (token.Kind != TokenKind.Pipe)
            {
                throw Unexpected(token, "operand");
            }

            return command.Arguments.Count > 0 ? command : throw Error("empty command");
        }
    }

    private Node? ReadOperand()
    {
        var node = ReadTerm();
        if (node is null || Peek().Kind != TokenKind.Field)
        {
            return node;
        }

        var position = Peek().Position;
        var fields = new List<string>();
        while (Peek().Kind == TokenKind.Field)
        {
            fields.Add(Take().Text[1..]);
        }

        return node switch
        {
            FieldNode field => new FieldNode(position, [.. field.Names, .. fields]),
            VariableNode variable => new VariableNode(position, variable.Name, [.. variable.Fields, .. fields]),
            ConstantNode or NilNode or DotNode => throw Error($"unexpected . after term {GoQuote.Quote(node.ToString()!)}"),
            _ => new ChainNode(position, node, fields),
        };
    }

    private Node? ReadTerm()
    {
        var token = Peek();
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                Take();
                return _functions.Has(token.Text)
                    ? new IdentifierNode(token.Position, token.Text)
                    : throw Error($"function {GoQuote.Quote(token.Text)} not defined");
            case TokenKind.Dot:
                Take();
                return new DotNode(token.Position);
            case TokenKind.Nil:
                Take();
                return new NilNode(token.Position);
            case TokenKind.Variable:
                Take();
                return _variables.Contains(token.Text)
                    ? new VariableNode(token.Position, token.Text, [])
                    : throw Error($"undefined variable {GoQuote.Quote(token.Text)}");
            case TokenKind.Field:
                Take();
                return new FieldNode(token.Position, [token.Text[1..]]);
            case TokenKind.Bool:
                Take();
                return new ConstantNode(token.Position, token.Text == "true", token.Text);
            case TokenKind.Number or TokenKind.Character:
                Take();
                return new ConstantNode(token.Position, GoNumberLiteral.Parse(token.Text) is { } number ? number : throw Error(GoNumberLiteral.Problem(token.Text)), token.Text);
            case TokenKind.QuotedString or TokenKind.RawString:
                Take();
                return new ConstantNode(token.Position, TextOf(token), token.Text);
            case TokenKind.LeftParenthesis:
                Take();
                return ReadPipeline("parenthesized pipeline", TokenKind.RightParenthesis);
            default:
                return null;
        }
    }
}
