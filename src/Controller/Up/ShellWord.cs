namespace SecretsOps.Controller.Up;

/// <summary>Writes a path so that a shell reads it as one word.</summary>
internal static class ShellWord
{
    /// <summary>The text itself when it is harmless, else in single quotes.</summary>
    public static string Of(string text) =>
        text.All(character => char.IsAsciiLetterOrDigit(character) || "/._-+@%:,=".Contains(character, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
