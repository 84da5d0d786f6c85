using System.Text;
using SecretsOps.Templating.Parsing;
using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Execution;

/// <summary>Walks a template's tree and writes its output: the control structures. Values come from <see cref="Evaluator"/>.</summary>
internal sealed class Executor
{
    private readonly Template _template;
    private readonly TemplateOptions _options;
    private readonly ExecutionState _state;
    private readonly Evaluator _evaluator;
    private readonly StringBuilder _output = new();
    private int _depth;

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    internal Executor(Template template, TemplateOptions options)
    {
        _template = template;
        _options = options;
        _state = new ExecutionState(template, options);
        _evaluator = new Evaluator(_state, options);
    }

    internal byte[] Run(ListNode root, object? data)
    {
        _state.Variables.Add(("$", data));
        Walk(data, root);
        return ByteText.ToBytes(_output.ToString());
    }

    private Flow Walk(object? dot, Node node)
    {
        _state.At(node);
        switch (node)
        {
            case TextNode text:
                Write(text.Text);
                return Flow.Next;
            case ActionNode action:
                var value = _evaluator.Pipeline(dot, action.Pipe);
                if (action.Pipe.Variables.Count == 0)
                {
                    Write(GoFormat.Print(value));
                }

                return Flow.Next;
            case ListNode list:
                return WalkList(dot, list);
            case BranchNode { Keyword: "range" } range:
                return WalkRange(dot, range);
            case BranchNode branch:
                return WalkBranch(dot, branch);
            case JumpNode jump:
                return jump.Keyword == "break" ? Flow.Break : Flow.Continue;
            case TemplateNode call:
                WalkTemplate(dot, call);
                return Flow.Next;
            default:
                throw _state.Error($"unknown node: {node}");
        }
    }

    private Flow WalkList(object? dot, ListNode list)
    {
        foreach (var item in list.Items)
        {
            var flow = Walk(dot, item);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow WalkBranch(object? dot, BranchNode branch)
    {
        var mark = _state.Variables.Count;
        var value = _evaluator.Pipeline(dot, branch.Pipe);
        var flow = Flow.Next;
        if (GoType.IsTrue(value))
        {
            flow = WalkList(branch.Keyword == "with" ? value : dot, branch.Body);
        }
        else if (branch.Else is not null)
        {
            flow = WalkList(dot, branch.Else);
        }

        _state.Pop(mark);
        return flow;
    }

    private Flow WalkRange(object? dot, BranchNode range)
    {
        var mark = _state.Variables.Count;
        var value = _evaluator.Pipeline(dot, range.Pipe);
        var bodyMark = _state.Variables.Count;
        var isEmpty = true;
        foreach (var (key, item) in Items(value))
        {
            isEmpty = false;
            SetRangeVariables(range.Pipe, mark, key, item);
            var flow = WalkList(item, range.Body);
            _state.Pop(bodyMark);
            if (flow == Flow.Break)
            {
                break;
            }
        }

        var result = isEmpty && range.Else is not null ? WalkList(dot, range.Else) : Flow.Next;
        _state.Pop(mark);
        return result;
    }

    private void SetRangeVariables(PipeNode pipe, int mark, object? key, object? item)
    {
        var names = pipe.Variables;
        if (pipe.IsAssignment)
        {
            if (names.Count > 0)
            {
                _state.Assign(names[^1], item);
            }

            if (names.Count > 1)
            {
                _state.Assign(names[0], key);
            }

            return;
        }

        if (names.Count > 0)
        {
            _state.Variables[mark + names.Count - 1] = (names[^1], item);
        }

        if (names.Count > 1)
        {
            _state.Variables[mark] = (names[0], key);
        }
    }

    private IEnumerable<(object? Key, object? Item)> Items(object? value)
    {
        switch (value)
        {
            case GoList list:
                return list.Items.Select((item, i) => ((object?)(nint)i, item));
            case GoMap map:
                return map.Entries.Select(pair => ((object?)pair.Key, pair.Value)).ToList();
            case string or bool or double or DateTimeOffset:
                throw _state.Error($"range can't iterate over {GoFormat.Sprint(value)}");
            default:
                return GoType.IsNothing(value) ? [] : Count(GoType.Signed(value) ?? (long)GoType.Unsigned(value)!.Value, value);
        }
    }

    private static IEnumerable<(object? Key, object? Item)> Count(long count, object? like)
    {
        for (var i = 0L; i < count; i++)
        {
            object number = like is long ? i : (nint)i;
            yield return (number, number);
        }
    }

    private void WalkTemplate(object? dot, TemplateNode call)
    {
        var root = _template.Find(call.Name) ?? throw _state.Error($"template {GoQuote.Quote(call.Name)} not defined");
        if (++_depth > _options.MaxDepth)
        {
            throw _state.Error($"exceeded maximum template depth ({_options.MaxDepth})");
        }

        var inner = call.Pipe is null ? GoType.Missing : _evaluator.Pipeline(dot, call.Pipe);
        var outer = _state.Enter(call.Name, inner);
        Walk(inner, root);
        _state.Leave(outer);
        _depth--;
    }

    private void Write(string carrier)
    {
        if (_output.Length + (long)carrier.Length > _options.MaxBytes)
        {
            throw _state.Error($"the output is larger than {_options.MaxBytes} bytes");
        }

        _output.Append(carrier);
    }
}
