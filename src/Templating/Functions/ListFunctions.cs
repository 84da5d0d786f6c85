using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's functions on lists; each makes a new list and leaves the old one alone.</summary>
internal static class ListFunctions
{
    internal static IEnumerable<TemplateFunction> All =>
    [
        Variadic("list", [Any], call => new GoList(call.Arguments)),
        Variadic("tuple", [Any], call => new GoList(call.Arguments)),
        .. WithMust(Function("append", [Any, Any], call => new GoList([.. Cast.ToList(call[0], "push").Items, call[1]]))),
        .. WithMust(Function("push", [Any, Any], call => new GoList([.. Cast.ToList(call[0], "push").Items, call[1]]))),
        .. WithMust(Function("prepend", [Any, Any], call => new GoList([call[1], .. Cast.ToList(call[0], "prepend").Items]))),
        .. WithMust(Function("first", [Any], call => Cast.ToList(call[0], "find first").Items.FirstOrDefault())),
        .. WithMust(Function("last", [Any], call => Cast.ToList(call[0], "find last").Items.LastOrDefault())),
        .. WithMust(Function("rest", [Any], call => new GoList(Cast.ToList(call[0], "find rest").Items.Skip(1)))),
        .. WithMust(Function("initial", [Any], call => new GoList(Cast.ToList(call[0], "find initial").Items.SkipLast(1)))),
        .. WithMust(Function("reverse", [Any], call => new GoList(Enumerable.Reverse(Cast.ToList(call[0], "find reverse").Items)))),
        .. WithMust(Function("uniq", [Any], call => new GoList(Unique(Cast.ToList(call[0], "find uniq").Items)))),
        .. WithMust(Function("compact", [Any], call => new GoList(Cast.ToList(call[0], "compact").Items.Where(GoType.IsTrue)))),
        .. WithMust(Variadic("without", [Any, Any], Without)),
        .. WithMust(Function("has", [Any, Any], call => call[1] is not null && Contains(Cast.ToList(call[1], "find has").Items, call[0]))),
        .. WithMust(Variadic("slice", [Any, Any], GoSlice.Cut)),
        .. WithMust(Function("chunk", [Integer, Any], Chunk)),
        Variadic("concat", [Any], call => new GoList(call.Arguments.SelectMany(list => Cast.ToList(list, "concat").Items))),
        Function("sortAlpha", [Any], call => Cast.TextList(Cast.ToTexts(call[0]).Order(StringComparer.Ordinal))),
        Function("until", [Integer], call => Count(call, 0, call.Integer(0), call.Integer(0) < 0 ? -1 : 1)),
        Function("untilStep", [Integer, Integer, Integer], call => Count(call, call.Integer(0), call.Integer(1), call.Integer(2))),
        Variadic("seq", [Integer], Sequence),
    ];

    private static List<object?> Unique(List<object?> items)
    {
        var unique = new List<object?>();
        foreach (var item in items)
        {
            if (!Contains(unique, item))
            {
                unique.Add(item);
            }
        }

        return unique;
    }

    private static bool Contains(List<object?> items, object? needle) => items.Exists(item => GoComparison.DeepEqual(item, needle));

    private static object Without(FunctionCall call)
    {
        var omitted = call.From(1).ToList();
        return new GoList(Cast.ToList(call[0], "find without").Items.Where(item => !Contains(omitted, item)));
    }

    private static object Chunk(FunctionCall call)
    {
        if (call.Integer(0) < 1)
        {
            throw new TemplateFunctionException("chunk size must be positive");
        }

        var chunks = Cast.ToList(call[1], "chunk").Items.Chunk((int)Math.Min(call.Integer(0), int.MaxValue));
        return new GoList(chunks.Select(chunk => (object?)new GoList(chunk)));
    }

    private static GoList Count(FunctionCall call, nint start, nint stop, nint step)
    {
        if (step == 0 || (stop < start && step >= 0) || (stop >= start && step < 0))
        {
            return new GoList([]);
        }

        call.Bounded((long)Math.Min(Math.Abs(((double)stop - start) / step) * 16, int.MaxValue * 2.0));
        var items = new List<object?>();
        for (var i = start; step > 0 ? i < stop : i > stop; i += step)
        {
            items.Add(i);
        }

        return new GoList(items);
    }

    private static object Sequence(FunctionCall call)
    {
        var numbers = call.Arguments.Select(value => (nint)value!).ToArray();
        var (start, end, step) = numbers switch
        {
            [var last] => (1, last, last < 1 ? -1 : 1),
            [var first, var last] => (first, last, last < first ? -1 : 1),
            [var first, var by, var last] => (first, last, by),
            _ => ((nint)1, (nint)0, (nint)1),
        };
        if (numbers.Length == 3 && ((end > start && step <= 0) || (end < start && step >= 0)))
        {
            return "";
        }

        return string.Join(' ', Count(call, start, end + (step < 0 ? -1 : 1), step).Items);
    }
}
