using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's arithmetic: on int64, which wraps around, and on decimal numbers.</summary>
internal static class MathFunctions
{
    internal static IEnumerable<TemplateFunction> All =>
    [
        Function("atoi", [Text], call => (nint)(int.TryParse(call.Text(0), out var number) ? number : 0)),
        Function("int", [Any], call => (nint)Cast.ToLong(call[0])),
        Function("int64", [Any], call => Cast.ToLong(call[0])),
        Function("float64", [Any], call => Cast.ToDouble(call[0])),
        Function("toDecimal", [Any], call => FromOctal(GoFormat.Value(call[0]))),
        Function("add1", [Any], call => unchecked(Cast.ToLong(call[0]) + 1)),
        Variadic("add", [Any], call => call.Arguments.Aggregate(0L, (sum, value) => unchecked(sum + Cast.ToLong(value)))),
        Function("sub", [Any, Any], call => unchecked(Cast.ToLong(call[0]) - Cast.ToLong(call[1]))),
        Function("div", [Any, Any], call => Divide(call, (a, b) => a / b)),
        Function("mod", [Any, Any], call => Divide(call, (a, b) => a % b)),
        Variadic("mul", [Any, Any], call => call.Arguments.Aggregate(1L, (product, value) => unchecked(product * Cast.ToLong(value)))),
        Function("add1f", [Any], call => Decimal(call, 1, (a, b) => a + b)),
        Variadic("addf", [Any], call => Decimal(call, null, (a, b) => a + b)),
        Variadic("subf", [Any, Any], call => Decimal(call, null, (a, b) => a - b)),
        Variadic("divf", [Any, Any], call => Decimal(call, null, (a, b) => b == 0 ? throw new TemplateFunctionException("decimal division by 0") : a / b)),
        Variadic("mulf", [Any, Any], call => Decimal(call, null, (a, b) => a * b)),
        Variadic("max", [Any, Any], call => call.Arguments.Max(Cast.ToLong)),
        Variadic("biggest", [Any, Any], call => call.Arguments.Max(Cast.ToLong)),
        Variadic("min", [Any, Any], call => call.Arguments.Min(Cast.ToLong)),
        Variadic("maxf", [Any, Any], call => call.Arguments.Max(Cast.ToDouble)),
        Variadic("minf", [Any, Any], call => call.Arguments.Min(Cast.ToDouble)),
        Function("ceil", [Any], call => Math.Ceiling(Cast.ToDouble(call[0]))),
        Function("floor", [Any], call => Math.Floor(Cast.ToDouble(call[0]))),
        Variadic("round", [Any, Any, Any], call => Round(call)),
    ];

    private static long FromOctal(string text)
    {
        var value = 0L;
        foreach (var c in text)
        {
            if (c is < '0' or > '7')
            {
                return 0;
            }

            value = unchecked((value * 8) + (c - '0'));
        }

        return value;
    }

    private static long Divide(FunctionCall call, Func<long, long, long> operation)
    {
        var (dividend, divisor) = (Cast.ToLong(call[0]), Cast.ToLong(call[1]));
        return divisor switch
        {
            0 => throw new TemplateFunctionException("runtime error: integer divide by zero"),
            -1 => operation(unchecked(-dividend), 1),
            _ => operation(dividend, divisor),
        };
    }

    // Sprig computes these as decimals, so that 0.1 + 0.2 is 0.3
    private static double Decimal(FunctionCall call, decimal? start, Func<decimal, decimal, decimal> operation)
    {
        var numbers = call.Arguments.Select(value => ToDecimal(Cast.ToDouble(value))).ToList();
        if (start is { } first)
        {
            numbers.Insert(0, first);
        }

        return (double)numbers.Aggregate(operation);
    }

    private static decimal ToDecimal(double number) => Math.Abs(number) < 7e27
        ? decimal.Parse(GoFloat.ShortestFixed(number) is { Length: < 60 } text ? text : "0", System.Globalization.CultureInfo.InvariantCulture)
        : throw new TemplateFunctionException($"{GoFloat.General(number)} is too large for decimal arithmetic");

    private static double Round(FunctionCall call)
    {
        var half = call.Count > 2 ? Cast.ToDouble(call[2]) : 0.5;
        var power = Math.Pow(10, Cast.ToDouble(call[1]));
        var scaled = power * Cast.ToDouble(call[0]);
        return (scaled - Math.Truncate(scaled) >= half ? Math.Ceiling(scaled) : Math.Floor(scaled)) / power;
    }
}
