namespace SecretsOps.Cryptography.Age;

/// <summary>One recipient's block in a header: a type, arguments, and the wrapped file key.</summary>
public sealed record Stanza(string Type, IReadOnlyList<string> Arguments, ReadOnlyMemory<byte> Body)
{
    /// <summary>Whether each of <paramref name="words"/> may stand in a stanza's first line: printable ASCII, not empty.</summary>
    internal static bool AreWords(IEnumerable<string> words) =>
        words.All(word => word.Length > 0 && word.All(character => character is >= '!' and <= '~'));
}
