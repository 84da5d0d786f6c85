namespace SecretsOps.Cli.Sops;

/// <summary>Moves the options of a command before its arguments, as urfave/cli v1 does: <c>updatekeys FILE -y</c> works.</summary>
internal static class OptionsFirst
{
    /// <summary>The words with known options (and the word after each, which may be its value) first.</summary>
    /// <remarks>
    /// Compatibility: after a switch, too, the next word moves along; an argument there ends the options, and those after it count as
    /// arguments (<c>encrypt -i FILE --age X</c>), of which sops warns.
    /// </remarks>
    public static IReadOnlyList<string> Sort(IReadOnlyList<string> words, Func<string, bool> isKnown)
    {
        List<string> options = [], rest = [];
        var mayBeValue = false;
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index];
            if (IsOption(word, isKnown))
            {
                options.Add(word);
                mayBeValue = !word.Contains('=', StringComparison.Ordinal);
            }
            else if (mayBeValue)
            {
                options.Add(word);
                mayBeValue = false;
            }
            else if (word == "--")
            {
                return [.. options, "--", .. rest, .. words.Skip(index + 1)];
            }
            else
            {
                rest.Add(word);
            }
        }

        return [.. options, .. rest];
    }

    private static bool IsOption(string word, Func<string, bool> isKnown) =>
        word.StartsWith('-') && word is not ("-" or "--") && isKnown(word.TrimStart('-').Split('=')[0]);
}
