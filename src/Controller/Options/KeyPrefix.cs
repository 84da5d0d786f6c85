namespace SecretsOps.Controller.Options;

/// <summary>The rule for <c>--key-prefix</c>: the API server must accept prefix and suffix together as a name.</summary>
internal static class KeyPrefix
{
    private const int MaxLength = 245; // 253 for an object's name, less room for the suffix

    /// <summary>Why a prefix is refused, in upstream's words; null when it is fine.</summary>
    public static string? Refusal(string prefix)
    {
        if (prefix.Length > MaxLength)
        {
            return $"name is too long, must be shorter than {MaxLength}, got {prefix.Length}";
        }

        foreach (var character in prefix)
        {
            if (!char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character) && character != '-')
            {
                return $"name contains illegal character {character}";
            }
        }

        return null;
    }
}
