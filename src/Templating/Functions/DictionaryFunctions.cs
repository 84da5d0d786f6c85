using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's functions on dictionaries. Some change the dictionary they are given, as Sprig's do.</summary>
internal static class DictionaryFunctions
{
    private const int DeepestCopy = 200;

    internal static IEnumerable<TemplateFunction> All =>
    [
        Variadic("dict", [Any], Build),
        Function("get", [Map, Text], call => call.Map(0).TryGet(call.Text(1), out var value) ? value : ""),
        Function("set", [Map, Text, Any], call => Set(call.Map(0), call.Text(1), call[2])),
        Function("unset", [Map, Text], call => Unset(call.Map(0), call.Text(1))),
        Function("hasKey", [Map, Text], call => call.Map(0).Has(call.Text(1))),
        Variadic("pluck", [Text, Map], call => new GoList(Maps(call, 1).Where(map => map.Has(call.Text(0))).Select(map => map[call.Text(0)]))),
        Variadic("keys", [Map], call => Cast.TextList(Maps(call, 0).SelectMany(map => map.Keys))),
        Function("values", [Map], call => new GoList(call.Map(0).Entries.Select(pair => pair.Value))),
        Variadic("pick", [Map, Text], call => Where(call.Map(0), key => call.From(1).Contains(key))),
        Variadic("omit", [Map, Text], call => Where(call.Map(0), key => !call.From(1).Contains(key))),
        .. WithMust(Variadic("merge", [Map, Map], call => Merge(call, overwrites: false))),
        .. WithMust(Variadic("mergeOverwrite", [Map, Map], call => Merge(call, overwrites: true))),
        .. WithMust(Function("deepCopy", [Any], call => Copy(call[0], 0))),
        Variadic("dig", [Any], Dig),
    ];

    private static IEnumerable<GoMap> Maps(FunctionCall call, int from) => call.From(from).Cast<GoMap>();

    private static object Build(FunctionCall call)
    {
        var map = new GoMap();
        for (var i = 0; i < call.Count; i += 2)
        {
            map[Cast.ToText(call[i])] = i + 1 < call.Count ? call[i + 1] : "";
        }

        return map;
    }

    private static GoMap Set(GoMap map, string key, object? value)
    {
        if (Holds(value, map, 0))
        {
            throw new TemplateFunctionException($"set would put a dictionary into itself under {GoQuote.Quote(key)}");
        }

        map[key] = value;
        return map;
    }

    private static bool Holds(object? value, GoMap map, int depth) => depth < DeepestCopy && value switch
    {
        GoMap inner => ReferenceEquals(inner, map) || inner.Entries.Any(pair => Holds(pair.Value, map, depth + 1)),
        GoList list => list.Items.Exists(item => Holds(item, map, depth + 1)),
        _ => false,
    };

    private static GoMap Unset(GoMap map, string key)
    {
        map.Remove(key);
        return map;
    }

    private static GoMap Where(GoMap map, Func<string, bool> isWanted)
    {
        var result = new GoMap();
        foreach (var (key, value) in map.Entries.Where(pair => isWanted(pair.Key)))
        {
            result[key] = value;
        }

        return result;
    }

    private static GoMap Merge(FunctionCall call, bool overwrites)
    {
        foreach (var source in Maps(call, 1))
        {
            MergeInto(call.Map(0), source, overwrites, 0);
        }

        return call.Map(0);
    }

    // mergo's rule: only what is empty is filled, or, when overwriting, only what is not empty overwrites
    private static void MergeInto(GoMap target, GoMap source, bool overwrites, int depth)
    {
        if (depth > DeepestCopy || ReferenceEquals(target, source))
        {
            return;
        }

        foreach (var (key, value) in source.Entries.ToList())
        {
            if (target.TryGet(key, out var existing) && existing is GoMap inner && value is GoMap innerSource)
            {
                MergeInto(inner, innerSource, overwrites, depth + 1);
            }
            else if (!target.Has(key) || (overwrites ? GoType.IsTrue(value) : !GoType.IsTrue(existing)))
            {
                target[key] = value;
            }
        }
    }

    private static object? Copy(object? value, int depth)
    {
        if (depth > DeepestCopy)
        {
            throw new TemplateFunctionException($"the value nests deeper than {DeepestCopy} levels");
        }

        switch (value)
        {
            case GoMap map:
                var copy = new GoMap { HasTextValues = map.HasTextValues };
                foreach (var (key, item) in map.Entries)
                {
                    copy[key] = Copy(item, depth + 1);
                }

                return copy;
            case GoList list:
                return new GoList(list.Items.Select(item => Copy(item, depth + 1)), list.HasTextItems);
            default:
                return value;
        }
    }

    private static object? Dig(FunctionCall call)
    {
        if (call.Count < 3)
        {
            throw new TemplateFunctionException("dig needs at least three arguments");
        }

        var value = call[call.Count - 1];
        foreach (var key in call.Arguments.Take(call.Count - 2))
        {
            var map = value as GoMap ?? throw new TemplateFunctionException($"interface conversion: interface {{}} is {GoType.NameOf(value)}, not map[string]interface {{}}");
            if (!map.TryGet(Cast.ToText(key), out value))
            {
                return call[call.Count - 2];
            }
        }

        return value;
    }
}
