using System.Globalization;
using System.Text;

namespace SecretsOps.Sops.Tree;

/// <summary>The <c>type</c> field of encrypted scalars.</summary>
internal static class ScalarType
{
    public static string NameOf(TreeScalarKind kind) => kind switch
    {
        TreeScalarKind.WholeNumber => "int",
        TreeScalarKind.RealNumber => "float",
        TreeScalarKind.Truth => "bool",
        TreeScalarKind.Time => "time",
        _ => "str",
    };

    /// <summary>Go's name of the type, for sops's own messages.</summary>
    public static string GoNameOf(TreeScalarKind kind) => kind switch
    {
        TreeScalarKind.WholeNumber => "int",
        TreeScalarKind.RealNumber => "float64",
        TreeScalarKind.Truth => "bool",
        TreeScalarKind.Time => "time.Time",
        TreeScalarKind.TooLargeNumber => "uint64",
        _ => "string",
    };

    /// <summary>The scalar of a decrypted text, in canonical form.</summary>
    /// <exception cref="SopsException">The text does not fit the type, or the type is unknown.</exception>
    public static TreeScalar FromPlaintext(string type, byte[] plaintext) => type switch
    {
        "str" or "bytes" => new TreeScalar(TreeScalarKind.Text, plaintext),
        // A comment where a value is due comes from a list written by hand; sops gives its text.
        "comment" => new TreeScalar(TreeScalarKind.Text, plaintext),
        "int" => long.TryParse(Encoding.UTF8.GetString(plaintext), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? TreeScalar.OfNumber(whole)
            : throw Unfit("strconv.Atoi"),
        "float" => GoNumber.TryParseFloat(Encoding.UTF8.GetString(plaintext), out var real) ? TreeScalar.OfNumber(real) : throw Unfit("strconv.ParseFloat"),
        "bool" => Encoding.UTF8.GetString(plaintext) switch
        {
            "1" or "t" or "T" or "TRUE" or "true" or "True" => TreeScalar.OfTruth(true),
            "0" or "f" or "F" or "FALSE" or "false" or "False" => TreeScalar.OfTruth(false),
            _ => throw Unfit("strconv.ParseBool"),
        },
        "time" => new TreeScalar(TreeScalarKind.Time, plaintext),
        _ => throw new SopsException(SopsExitCode.DecryptingTree, $"Unknown datatype: {type}"),
    };

    /// <remarks>Compatibility: sops prints the decrypted text here; we do not.</remarks>
    private static SopsException Unfit(string conversion) =>
        new(SopsExitCode.DecryptingTree, $"{conversion}: parsing the decrypted text: invalid syntax");
}
