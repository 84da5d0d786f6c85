namespace SecretsOps.Templating.Functions;

/// <summary>Go's own template functions and Sprig's, without those that read the environment or the network.</summary>
public static class Sprig
{
    /// <summary>All of them. <c>env</c>, <c>expandenv</c> and <c>getHostByName</c> are left out: templates must not leak what is around them.</summary>
    public static FunctionTable Functions { get; } = FunctionTable.Of(
    [
        .. BuiltInFunctions.All,
        .. StringFunctions.All,
        .. CaseFunctions.All,
        .. ListFunctions.All,
        .. DictionaryFunctions.All,
        .. MathFunctions.All,
        .. DateFunctions.All,
        .. DefaultFunctions.All,
        .. JsonFunctions.All,
        .. EncodingFunctions.All,
        .. ReflectionFunctions.All,
        .. PathFunctions.All,
        .. RegexFunctions.All,
        .. SemanticVersionFunctions.All,
        .. UrlFunctions.All,
        .. RandomFunctions.All,
        .. CryptographyFunctions.All,
    ]);
}
