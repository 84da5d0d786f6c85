using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Short ways to write down a function of the tables.</summary>
internal static class Define
{
    internal static TemplateFunction Function(string name, ParameterKind[] parameters, Func<FunctionCall, object?> body) =>
        new(name, parameters, body);

    /// <summary>The last parameter may stand any number of times.</summary>
    internal static TemplateFunction Variadic(string name, ParameterKind[] parameters, Func<FunctionCall, object?> body) =>
        new(name, parameters, body) { IsVariadic = true };

    /// <summary>A function of one text that gives a text.</summary>
    internal static TemplateFunction OfText(string name, Func<string, object?> body) =>
        new(name, [Text], call => body(call.Text(0)));

    /// <summary>A function and its twin named <c>mustX</c>, which behaves the same.</summary>
    internal static IEnumerable<TemplateFunction> WithMust(TemplateFunction function)
    {
        yield return function;
        yield return function with { Name = "must" + char.ToUpperInvariant(function.Name[0]) + function.Name[1..] };
    }
}
