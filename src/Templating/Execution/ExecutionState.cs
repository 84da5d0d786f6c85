using SecretsOps.Templating.Parsing;
using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Execution;

/// <summary>Variables in scope, the node under way (for messages), and the steps left.</summary>
internal sealed class ExecutionState(Template template, TemplateOptions options)
{
    private string _name = template.CarrierName;
    private Node? _node;
    private long _steps;

    internal List<(string Name, object? Value)> Variables { get; private set; } = [];

    internal void At(Node node)
    {
        _node = node;
        Spend(1);
    }

    /// <summary>Accounts for work, so that no template runs for ever.</summary>
    internal void Spend(long steps)
    {
        _steps += steps;
        if (_steps > options.MaxSteps)
        {
            throw Error($"the template takes more than {options.MaxSteps} steps");
        }
    }

    internal object? Variable(string name)
    {
        for (var i = Variables.Count - 1; i >= 0; i--)
        {
            if (Variables[i].Name == name)
            {
                return Variables[i].Value;
            }
        }

        throw Error($"undefined variable: {name}");
    }

    internal void Assign(string name, object? value)
    {
        for (var i = Variables.Count - 1; i >= 0; i--)
        {
            if (Variables[i].Name == name)
            {
                Variables[i] = (name, value);
                return;
            }
        }

        throw Error($"undefined variable: {name}");
    }

    internal void Pop(int mark) => Variables.RemoveRange(mark, Variables.Count - mark);

    internal (string Name, List<(string Name, object? Value)> Variables) Enter(string name, object? dot)
    {
        var outer = (_name, Variables);
        _name = name;
        Variables = [("$", dot)];
        return outer;
    }

    internal void Leave((string Name, List<(string Name, object? Value)> Variables) outer) => (_name, Variables) = outer;

    /// <summary>An error as Go words it: place in the source, template, node, problem.</summary>
    internal TemplateException Error(string problem, Exception? cause = null)
    {
        if (_node is null)
        {
            return new TemplateException(ByteText.ToText($"template: {_name}: {problem}"), cause);
        }

        var before = template.Source.AsSpan(0, Math.Min(_node.Position, template.Source.Length));
        var line = 1 + before.Count('\n');
        var column = before.Length - (before.LastIndexOf('\n') + 1);
        return new TemplateException(
            ByteText.ToText($"template: {template.CarrierName}:{line}:{column}: executing {GoQuote.Quote(_name)} at <{_node}>: {problem}"), cause);
    }
}
