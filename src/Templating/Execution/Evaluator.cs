using SecretsOps.Templating.Functions;
using SecretsOps.Templating.Parsing;
using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Execution;

/// <summary>Computes pipelines: fields, variables, constants and calls, by the rules of Go's text/template.</summary>
internal sealed class Evaluator(ExecutionState state, TemplateOptions options)
{
    private static readonly object NoFinal = new(); // the first command of a pipeline has no value piped into it

    internal object? Pipeline(object? dot, PipeNode pipe)
    {
        state.At(pipe);
        var value = NoFinal;
        foreach (var command in pipe.Commands)
        {
            value = Command(dot, command, value);
        }

        foreach (var name in pipe.Variables)
        {
            if (pipe.IsAssignment)
            {
                state.Assign(name, value);
            }
            else
            {
                state.Variables.Add((name, value));
            }
        }

        return value;
    }

    private object? Command(object? dot, CommandNode command, object? final)
    {
        var first = command.Arguments[0];
        switch (first)
        {
            case FieldNode field:
                state.At(field);
                return Fields(dot, field, field.Names, command.Arguments, final);
            case ChainNode chain:
                return Chain(dot, chain, command.Arguments, final);
            case IdentifierNode identifier:
                return Call(dot, identifier, command, final);
            case PipeNode pipe:
                RequireNoArguments(command.Arguments, final);
                return Pipeline(dot, pipe);
            case VariableNode variable:
                return Variable(variable, command.Arguments, final);
        }

        state.At(first);
        RequireNoArguments(command.Arguments, final);
        return first switch
        {
            DotNode => dot,
            ConstantNode constant => constant.Value,
            NilNode => throw state.Error("nil is not a command"),
            _ => throw state.Error($"can't evaluate command {GoQuote.Quote(first.ToString()!)}"),
        };
    }

    private void RequireNoArguments(List<Node> arguments, object? final)
    {
        if (arguments.Count > 1 || !ReferenceEquals(final, NoFinal))
        {
            throw state.Error($"can't give argument to non-function {arguments[0]}");
        }
    }

    private object? Variable(VariableNode variable, List<Node> arguments, object? final)
    {
        state.At(variable);
        var value = state.Variable(variable.Name);
        if (variable.Fields.Count == 0)
        {
            RequireNoArguments(arguments, final);
            return value;
        }

        return Fields(value, variable, variable.Fields, arguments, final);
    }

    private object? Chain(object? dot, ChainNode chain, List<Node> arguments, object? final)
    {
        state.At(chain);
        if (chain.Source is NilNode)
        {
            throw state.Error($"indirection through explicit nil in {chain}");
        }

        var source = Argument(dot, chain.Source, ParameterKind.Value);
        return Fields(source, chain, chain.Fields, arguments, final);
    }

    private object? Fields(object? receiver, Node node, List<string> names, List<Node> arguments, object? final)
    {
        for (var i = 0; i < names.Count; i++)
        {
            var hasArguments = i == names.Count - 1 && (arguments.Count > 1 || !ReferenceEquals(final, NoFinal));
            receiver = Field(receiver, node, names[i], hasArguments);
        }

        return receiver;
    }

    private object? Field(object? receiver, Node node, string name, bool hasArguments)
    {
        switch (receiver)
        {
            case GoMap when hasArguments:
                throw state.Error($"{name} is not a method but has arguments");
            case GoMap map:
                return map.TryGet(name, out var value) ? value : MissingField(map, name);
            case null:
                state.At(node);
                throw state.Error($"nil pointer evaluating interface {{}}.{name}");
        }

        if (ReferenceEquals(receiver, GoType.Missing))
        {
            return options.MissingKey == MissingKey.Error ? throw state.Error($"nil data; no entry for key {GoQuote.Quote(name)}") : GoType.Missing;
        }

        state.At(node);
        throw state.Error($"can't evaluate field {name} in type {GoType.NameOf(receiver)}");
    }

    private object? MissingField(GoMap map, string name) => options.MissingKey switch
    {
        MissingKey.Error => throw state.Error($"map has no entry for key {GoQuote.Quote(name)}"),
        MissingKey.Zero => map.HasTextValues ? "" : null,
        _ => GoType.Missing,
    };

    private object? Call(object? dot, IdentifierNode identifier, CommandNode command, object? final)
    {
        state.At(identifier);
        var function = options.Functions.Get(identifier.Name);
        var arguments = command.Arguments.Skip(1).ToList();
        if (function.Name is "and" or "or")
        {
            return ShortCircuit(dot, identifier, function, arguments, final);
        }

        var count = arguments.Count + (ReferenceEquals(final, NoFinal) ? 0 : 1);
        CheckCount(identifier, function, count);
        var values = new List<object?>(count);
        for (var i = 0; i < arguments.Count; i++)
        {
            values.Add(Argument(dot, arguments[i], KindAt(function, i)));
        }

        if (!ReferenceEquals(final, NoFinal))
        {
            values.Add(Validate(final, KindAt(function, arguments.Count)));
        }

        return Invoke(identifier, command, function, values);
    }

    private static ParameterKind KindAt(TemplateFunction function, int i) => function.Parameters[Math.Min(i, function.Parameters.Count - 1)];

    private void CheckCount(IdentifierNode identifier, TemplateFunction function, int count)
    {
        var expected = function.Parameters.Count;
        if (function.IsVariadic && count < expected - 1)
        {
            throw state.Error($"wrong number of args for {identifier.Name}: want at least {expected - 1} got {count}");
        }

        if (!function.IsVariadic && count != expected)
        {
            throw state.Error($"wrong number of args for {identifier.Name}: want {expected} got {count}");
        }
    }

    private object? ShortCircuit(object? dot, IdentifierNode identifier, TemplateFunction function, List<Node> arguments, object? final)
    {
        CheckCount(identifier, function, arguments.Count + (ReferenceEquals(final, NoFinal) ? 0 : 1));
        object? value = null;
        foreach (var argument in arguments)
        {
            value = Argument(dot, argument, ParameterKind.Value);
            if (GoType.IsTrue(value) == (function.Name == "or"))
            {
                return value;
            }
        }

        return ReferenceEquals(final, NoFinal) ? value : final;
    }

    private object? Invoke(IdentifierNode identifier, CommandNode command, TemplateFunction function, List<object?> values)
    {
        try
        {
            var result = function.Body(new FunctionCall(values, options));
            if (result is string text)
            {
                state.Spend(text.Length / 1024);
                if (text.Length > options.MaxBytes)
                {
                    throw new TemplateFunctionException($"the result is larger than {options.MaxBytes} bytes");
                }
            }
            else if (result is GoList list)
            {
                state.Spend(list.Items.Count / 16);
            }

            return result;
        }
        catch (Exception e) when (e is TemplateFunctionException or OverflowException or ArgumentException or FormatException)
        {
            state.At(command);
            throw state.Error($"error calling {identifier.Name}: {e.Message}", e);
        }
    }

    private object? Argument(object? dot, Node node, ParameterKind kind)
    {
        state.At(node);
        switch (node)
        {
            case DotNode:
                return Validate(dot, kind);
            case NilNode:
                return kind is ParameterKind.Any or ParameterKind.Value or ParameterKind.Map
                    ? null
                    : throw state.Error($"cannot assign nil to {TypeName(kind)}");
            case FieldNode field:
                return Validate(Fields(dot, field, field.Names, [node], NoFinal), kind);
            case VariableNode variable:
                return Validate(Variable(variable, [node], NoFinal), kind);
            case PipeNode pipe:
                return Validate(Pipeline(dot, pipe), kind);
            case IdentifierNode identifier:
                return Validate(Call(dot, identifier, new CommandNode(node.Position, [identifier]), NoFinal), kind);
            case ChainNode chain:
                return Validate(Chain(dot, chain, [node], NoFinal), kind);
            default:
                return Constant((ConstantNode)node, kind);
        }
    }

    private object? Constant(ConstantNode node, ParameterKind kind)
    {
        switch (kind, node.Value)
        {
            case (ParameterKind.Any or ParameterKind.Value, _):
            case (ParameterKind.Text, string):
            case (ParameterKind.Boolean, bool):
            case (ParameterKind.Integer, nint):
                return node.Value;
            case (ParameterKind.Long, nint number):
                return (long)number;
            case (ParameterKind.Integer, double number) when number == Math.Truncate(number):
                return (nint)number;
            default:
                throw state.Error(kind switch
                {
                    ParameterKind.Boolean => $"expected bool; found {node}",
                    ParameterKind.Text => $"expected string; found {node}",
                    ParameterKind.Map => $"can't handle {node} for arg of type map[string]interface {{}}",
                    _ => $"expected integer; found {node}",
                });
        }
    }

    private object? Validate(object? value, ParameterKind kind)
    {
        if (kind == ParameterKind.Value)
        {
            return value;
        }

        if (GoType.IsNothing(value))
        {
            return kind is ParameterKind.Any or ParameterKind.Map
                ? (kind == ParameterKind.Map ? new GoMap() : null)
                : throw state.Error($"invalid value; expected {TypeName(kind)}");
        }

        return (kind, value) switch
        {
            (ParameterKind.Any, _) => value,
            (ParameterKind.Text, string) => value,
            (ParameterKind.Integer, nint) => value,
            (ParameterKind.Long, long) => value,
            (ParameterKind.Boolean, bool) => value,
            (ParameterKind.Map, GoMap) => value,
            _ => throw state.Error($"wrong type for value; expected {TypeName(kind)}; got {GoType.NameOf(value)}"),
        };
    }

    private static string TypeName(ParameterKind kind) => kind switch
    {
        ParameterKind.Text => "string",
        ParameterKind.Integer => "int",
        ParameterKind.Long => "int64",
        ParameterKind.Boolean => "bool",
        ParameterKind.Map => "map[string]interface {}",
        _ => "interface {}",
    };
}
