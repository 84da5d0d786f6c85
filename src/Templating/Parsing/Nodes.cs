using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Parsing;

/// <summary>A node of a parsed template; prints as its source, for messages.</summary>
internal abstract class Node(int position)
{
    internal int Position => position;
}

internal sealed class TextNode(int position, string text) : Node(position)
{
    internal string Text => text;

    public override string ToString() => text;
}

internal sealed class ListNode(int position, List<Node> items) : Node(position)
{
    internal List<Node> Items => items;

    public override string ToString() => string.Concat(items);
}

internal sealed class ActionNode(int position, PipeNode pipe) : Node(position)
{
    internal PipeNode Pipe => pipe;

    public override string ToString() => $"{{{{{pipe}}}}}";
}

/// <summary>if, with or range.</summary>
internal sealed class BranchNode(int position, string keyword, PipeNode pipe, ListNode body, ListNode? otherwise) : Node(position)
{
    internal string Keyword => keyword;

    internal PipeNode Pipe => pipe;

    internal ListNode Body => body;

    internal ListNode? Else => otherwise;

    public override string ToString() =>
        $"{{{{{keyword} {pipe}}}}}{body}{(otherwise is null ? "" : "{{else}}" + otherwise)}{{{{end}}}}";
}

/// <summary>break or continue.</summary>
internal sealed class JumpNode(int position, string keyword) : Node(position)
{
    internal string Keyword => keyword;

    public override string ToString() => $"{{{{{keyword}}}}}";
}

internal sealed class TemplateNode(int position, string name, PipeNode? pipe) : Node(position)
{
    internal string Name => name;

    internal PipeNode? Pipe => pipe;

    public override string ToString() => $"{{{{template {GoQuote.Quote(name)}{(pipe is null ? "" : " " + pipe)}}}}}";
}

internal sealed class PipeNode(int position, List<string> variables, bool isAssignment, List<CommandNode> commands) : Node(position)
{
    internal List<string> Variables => variables;

    internal bool IsAssignment => isAssignment;

    internal List<CommandNode> Commands => commands;

    public override string ToString() =>
        (variables.Count > 0 ? $"{string.Join(", ", variables)} {(isAssignment ? "=" : ":=")} " : "") + string.Join(" | ", commands);
}

internal sealed class CommandNode(int position, List<Node> arguments) : Node(position)
{
    internal List<Node> Arguments => arguments;

    public override string ToString() => string.Join(' ', arguments.Select(argument => argument is PipeNode ? $"({argument})" : argument.ToString()));
}

internal sealed class IdentifierNode(int position, string name) : Node(position)
{
    internal string Name => name;

    public override string ToString() => name;
}

internal sealed class DotNode(int position) : Node(position)
{
    public override string ToString() => ".";
}

internal sealed class NilNode(int position) : Node(position)
{
    public override string ToString() => "nil";
}

/// <summary>A constant, with its source.</summary>
internal sealed class ConstantNode(int position, object value, string source) : Node(position)
{
    internal object Value => value;

    public override string ToString() => source;
}

internal sealed class FieldNode(int position, List<string> names) : Node(position)
{
    internal List<string> Names => names;

    public override string ToString() => string.Concat(names.Select(name => "." + name));
}

internal sealed class VariableNode(int position, string name, List<string> fields) : Node(position)
{
    internal string Name => name;

    internal List<string> Fields => fields;

    public override string ToString() => name + string.Concat(fields.Select(field => "." + field));
}

/// <summary>Fields of something in parentheses.</summary>
internal sealed class ChainNode(int position, Node source, List<string> fields) : Node(position)
{
    internal Node Source => source;

    internal List<string> Fields => fields;

    public override string ToString() => (source is PipeNode ? $"({source})" : source.ToString()) + string.Concat(fields.Select(field => "." + field));
}
