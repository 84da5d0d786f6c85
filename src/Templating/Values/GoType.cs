namespace SecretsOps.Templating.Values;

/// <summary>What a value is in Go's eyes. Go's <c>int</c> is an <see cref="nint"/> here, <c>int64</c> a <see cref="long"/>.</summary>
internal static class GoType
{
    /// <summary>The result of looking up what is not there; unlike null it has no type at all.</summary>
    internal static readonly object Missing = new NoValue();

    internal static bool IsNothing(object? value) => value is null || ReferenceEquals(value, Missing);

    internal static string NameOf(object? value) => value switch
    {
        null => "<nil>",
        string => "string",
        bool => "bool",
        nint => "int",
        long => "int64",
        int => "int32",
        ulong => "uint64",
        byte => "uint8",
        double => "float64",
        GoMap map => map.HasTextValues ? "map[string]string" : "map[string]interface {}",
        GoList list => list.HasTextItems ? "[]string" : "[]interface {}",
        DateTimeOffset => "time.Time",
        TimeSpan => "time.Duration",
        _ => value.GetType().Name,
    };

    internal static string KindOf(object? value) => value switch
    {
        null => "invalid",
        GoMap => "map",
        GoList => "slice",
        DateTimeOffset => "struct",
        TimeSpan => "int64",
        _ when ReferenceEquals(value, Missing) => "invalid",
        _ => NameOf(value),
    };

    /// <summary>A signed integer of any size, or null.</summary>
    internal static long? Signed(object? value) => value switch
    {
        nint number => number,
        long number => number,
        int number => number,
        TimeSpan duration => checked(duration.Ticks * 100),
        _ => null,
    };

    /// <summary>An unsigned integer of any size, or null.</summary>
    internal static ulong? Unsigned(object? value) => value switch
    {
        ulong number => number,
        byte number => number,
        _ => null,
    };

    /// <summary>Go's notion of truth: not false, not zero, not empty.</summary>
    internal static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        string text => text.Length > 0,
        GoMap map => map.Count > 0,
        GoList list => list.Items.Count > 0,
        double number => number != 0,
        DateTimeOffset => true,
        _ when ReferenceEquals(value, Missing) => false,
        _ => (Signed(value) ?? (long?)(Unsigned(value) is 0 ? 0 : 1)) != 0,
    };

    private sealed class NoValue
    {
        public override string ToString() => "<no value>";
    }
}
