using System.Security.Cryptography;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's random values, all from the cryptographic generator.</summary>
internal static class RandomFunctions
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Digits = "0123456789";

    internal static IEnumerable<TemplateFunction> All =>
    [
        Function("randAlphaNum", [Integer], call => Text(call, Letters + Digits)),
        Function("randAlpha", [Integer], call => Text(call, Letters)),
        Function("randNumeric", [Integer], call => Text(call, Digits)),
        Function("randAscii", [Integer], call => Text(call, string.Concat(Enumerable.Range(32, 95).Select(code => (char)code)))),
        Function("randBytes", [Integer], call => Convert.ToBase64String(RandomNumberGenerator.GetBytes(call.Bounded(call.Integer(0))))),
        Function("randInt", [Integer, Integer], Number),
        Function("uuidv4", [], _ => Guid.NewGuid().ToString()),
        OfText("shuffle", Shuffle),
    ];

    private static string Text(FunctionCall call, string alphabet) => RandomNumberGenerator.GetString(alphabet, call.Bounded(call.Integer(0)));

    private static object Number(FunctionCall call)
    {
        var (least, limit) = (call.Integer(0), call.Integer(1));
        return limit > least && limit - least <= int.MaxValue
            ? least + RandomNumberGenerator.GetInt32((int)(limit - least))
            : throw new TemplateFunctionException("invalid argument to Intn");
    }

    private static string Shuffle(string carrier)
    {
        var runes = Values.ByteText.ToText(carrier).EnumerateRunes().Select(rune => rune.ToString()).ToArray();
        RandomNumberGenerator.Shuffle<string>(runes);
        return Values.ByteText.FromText(string.Concat(runes));
    }
}
