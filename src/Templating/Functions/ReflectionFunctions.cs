using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's functions that ask what a value is.</summary>
internal static class ReflectionFunctions
{
    internal static IEnumerable<TemplateFunction> All =>
    [
        Function("typeOf", [Any], call => GoType.NameOf(call[0])),
        Function("typeIs", [Text, Any], call => call.Text(0) == GoType.NameOf(call[1])),
        Function("typeIsLike", [Text, Any], call => GoType.NameOf(call[1]) is var name && (call.Text(0) == name || "*" + call.Text(0) == name)),
        Function("kindOf", [Any], call => GoType.KindOf(call[0])),
        Function("kindIs", [Text, Any], call => call.Text(0) == GoType.KindOf(call[1])),
        Function("deepEqual", [Any, Any], call => GoComparison.DeepEqual(call[0], call[1])),
    ];
}
