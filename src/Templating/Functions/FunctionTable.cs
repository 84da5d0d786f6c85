using System.Collections.Frozen;

namespace SecretsOps.Templating.Functions;

/// <summary>What a function takes at one place.</summary>
public enum ParameterKind
{
    /// <summary>Anything; what is not there arrives as null.</summary>
    Any,

    /// <summary>A string.</summary>
    Text,

    /// <summary>A Go int.</summary>
    Integer,

    /// <summary>A Go int64.</summary>
    Long,

    /// <summary>A bool.</summary>
    Boolean,

    /// <summary>A map[string]interface{}.</summary>
    Map,

    /// <summary>Any value, as Go's own functions see it: what is not there is distinguishable from nil.</summary>
    Value,
}

/// <summary>The functions a template may call.</summary>
public sealed class FunctionTable
{
    private readonly FrozenDictionary<string, TemplateFunction> _functions;

    private FunctionTable(IEnumerable<KeyValuePair<string, TemplateFunction>> functions) =>
        _functions = functions.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Names of all functions.</summary>
    public IEnumerable<string> Names => _functions.Keys;

    /// <summary>Whether there is such a function.</summary>
    public bool Has(string name) => _functions.ContainsKey(name);

    /// <summary>A table with more functions; a name that exists is replaced.</summary>
    /// <param name="more">Functions by name; each takes the values of its arguments and may throw <see cref="TemplateFunctionException"/>.</param>
    public FunctionTable With(IEnumerable<TemplateFunction> more)
    {
        var all = _functions.ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach (var function in more)
        {
            all[function.Name] = function;
        }

        return new FunctionTable(all);
    }

    internal static FunctionTable Of(IEnumerable<TemplateFunction> functions) =>
        new(functions.Select(function => KeyValuePair.Create(function.Name, function)));

    internal TemplateFunction Get(string name) => _functions[name];
}

/// <summary>One function: its name, what it takes, and what it does.</summary>
/// <param name="Name">What templates call it.</param>
/// <param name="Parameters">What it takes; of a variadic function the last one repeats.</param>
/// <param name="Body">What it does.</param>
public sealed record TemplateFunction(string Name, IReadOnlyList<ParameterKind> Parameters, Func<FunctionCall, object?> Body)
{
    /// <summary>Whether the last parameter may stand any number of times.</summary>
    public bool IsVariadic { get; init; }
}

/// <summary>A function refuses its arguments; the engine adds where.</summary>
public sealed class TemplateFunctionException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The arguments of one call and the limits it runs under. Texts are carriers of <see cref="Values.ByteText"/>.</summary>
public sealed class FunctionCall(IReadOnlyList<object?> arguments, TemplateOptions options)
{
    /// <summary>The arguments.</summary>
    public IReadOnlyList<object?> Arguments => arguments;

    /// <summary>Limits and clock.</summary>
    public TemplateOptions Options => options;

    internal int Count => arguments.Count;

    internal object? this[int i] => arguments[i];

    internal string Text(int i) => (string)arguments[i]!;

    internal nint Integer(int i) => (nint)arguments[i]!;

    internal bool Flag(int i) => (bool)arguments[i]!;

    internal Values.GoMap Map(int i) => (Values.GoMap)arguments[i]!;

    internal IEnumerable<object?> From(int i) => arguments.Skip(i);

    /// <summary>Refuses what would not fit into memory before it is made.</summary>
    internal int Bounded(long bytes) => bytes <= options.MaxBytes
        ? (int)Math.Max(bytes, 0)
        : throw new TemplateFunctionException($"the result would be larger than {options.MaxBytes} bytes");
}
