using SecretsOps.Templating.Values;

namespace SecretsOps.Templating.Functions;

/// <summary>Comparison by the rules of text/template, and deep equality as reflect.DeepEqual has it.</summary>
internal static class GoComparison
{
    /// <summary>Whether the first argument equals any of the others.</summary>
    internal static object Equal(FunctionCall call)
    {
        if (call.Count < 2)
        {
            throw new TemplateFunctionException("missing argument for comparison");
        }

        RequireComparable(call[0]);
        return call.From(1).Any(other => AreEqual(call[0], other));
    }

    internal static int Compare(object? left, object? right)
    {
        var kind = BasicKind(left);
        var otherKind = BasicKind(right);
        if (kind is "invalid" or "bool" || otherKind is "invalid")
        {
            throw new TemplateFunctionException("invalid type for comparison");
        }

        return (left, right) switch
        {
            (string a, string b) => string.CompareOrdinal(a, b),
            (double a, double b) => a < b ? -1 : a > b ? 1 : a.Equals(b) ? 0 : throw new TemplateFunctionException("incompatible types for comparison"),
            _ when kind is "int" or "uint" && otherKind is "int" or "uint" => AsInteger(left).CompareTo(AsInteger(right)),
            _ => throw new TemplateFunctionException("incompatible types for comparison"),
        };
    }

    internal static bool DeepEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (GoMap a, GoMap b) => a.Count == b.Count && a.Entries.All(pair => b.TryGet(pair.Key, out var other) && DeepEqual(pair.Value, other)),
        (GoList a, GoList b) => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(pair => DeepEqual(pair.First, pair.Second)),
        _ => left is not null && left.Equals(right),
    };

    private static bool AreEqual(object? left, object? right)
    {
        RequireComparable(right);
        if (GoType.IsNothing(left) || GoType.IsNothing(right))
        {
            return GoType.IsNothing(left) && GoType.IsNothing(right);
        }

        var kind = BasicKind(left);
        var otherKind = BasicKind(right);
        if (kind is "int" or "uint" && otherKind is "int" or "uint")
        {
            return AsInteger(left) == AsInteger(right);
        }

        return kind == otherKind ? left!.Equals(right) : throw new TemplateFunctionException("incompatible types for comparison");
    }

    private static void RequireComparable(object? value)
    {
        if (value is GoMap or GoList)
        {
            throw new TemplateFunctionException($"non-comparable type {GoFormat.Sprint(value)}: {GoType.NameOf(value)}");
        }
    }

    private static Int128 AsInteger(object? value) => GoType.Signed(value) is { } number ? number : GoType.Unsigned(value)!.Value;

    private static string BasicKind(object? value) => value switch
    {
        string => "string",
        bool => "bool",
        double => "float",
        _ when GoType.Signed(value) is not null => "int",
        _ when GoType.Unsigned(value) is not null => "uint",
        DateTimeOffset => "struct",
        _ => "invalid",
    };
}
