using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Functions;

/// <summary>Go's and Sprig's <c>slice</c>, which share a name: Sprig's is the one that templates get.</summary>
internal static class GoSlice
{
    internal static object? Cut(FunctionCall call)
    {
        if (call.Count > 4)
        {
            throw new TemplateFunctionException($"too many slice indexes: {call.Count - 1}");
        }

        var length = call.Count == 0 ? 0 : call[0] switch { string text => text.Length, GoList list => list.Items.Count, _ => -1 };
        if (length < 0 || call.Count == 0)
        {
            throw new TemplateFunctionException($"list should be type of slice or array but {(call.Count == 0 ? "invalid" : GoType.KindOf(call[0]))}");
        }

        var start = call.Count > 1 ? BuiltInFunctions.At(call[1], length, mayBeEnd: true) : 0;
        var end = call.Count > 2 ? BuiltInFunctions.At(call[2], length, mayBeEnd: true) : length;
        if (start > end)
        {
            throw new TemplateFunctionException($"invalid slice index: {start} > {end}");
        }

        return call[0] is string cut ? cut[start..end] : new GoList(((GoList)call[0]!).Items[start..end], ((GoList)call[0]!).HasTextItems);
    }
}
