using System.Text;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Stores;

/// <summary>Scalars as text where a format knows strings only.</summary>
internal static class ScalarText
{
    /// <summary>Booleans in lower case, null as nothing, floats with at least one decimal.</summary>
    public static byte[] ForFlatFile(TreeScalar scalar) => scalar.Kind switch
    {
        TreeScalarKind.Null => [],
        TreeScalarKind.Truth => scalar.Plaintext.Span[0] == 'T' ? "true"u8.ToArray() : "false"u8.ToArray(),
        TreeScalarKind.RealNumber => Encoding.ASCII.GetBytes(RealNumber(scalar.Text)),
        _ => scalar.Plaintext.ToArray(),
    };

    /// <remarks>Compatibility: Go's format 'G', with <c>.0</c> added where neither a point nor an exponent shows that it is no integer.</remarks>
    private static string RealNumber(string text)
    {
        if (!GoNumber.TryParseFloat(text, out var number) || !double.IsFinite(number))
        {
            return text;
        }

        var general = GoNumber.FormatGeneral(number).ToUpperInvariant();
        return general.AsSpan().IndexOfAny('.', 'E') < 0 ? general + ".0" : general;
    }
}
