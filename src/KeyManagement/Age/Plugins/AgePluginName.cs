using SecretsOps.Cryptography.Age;

namespace SecretsOps.KeyManagement.Age.Plugins;

/// <summary>Plugin names become program names, so they are checked first.</summary>
internal static class AgePluginName
{
    public static string Check(string name) =>
        name.Length > 0 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '+' or '-' or '.' or '_')
            ? name
            : throw new AgeException(AgeFailure.Header, $"'{name}' is not a plugin name");
}
