using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's functions that choose between values.</summary>
internal static class DefaultFunctions
{
    internal static IEnumerable<TemplateFunction> All =>
    [
        Variadic("default", [Any, Any], call => call.Count > 1 && GoType.IsTrue(call[1]) ? call[1] : call[0]),
        Function("empty", [Any], call => !GoType.IsTrue(call[0])),
        Variadic("coalesce", [Any], call => call.Arguments.FirstOrDefault(GoType.IsTrue)),
        Variadic("all", [Any], call => call.Arguments.All(GoType.IsTrue)),
        Variadic("any", [Any], call => call.Arguments.Any(GoType.IsTrue)),
        Function("ternary", [Any, Any, ParameterKind.Boolean], call => call.Flag(2) ? call[0] : call[1]),
    ];
}
