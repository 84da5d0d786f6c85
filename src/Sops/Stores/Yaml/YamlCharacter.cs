namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>Classes of characters in UTF-8, as libyaml draws them.</summary>
internal static class YamlCharacter
{
    public static int WidthOf(byte lead) => lead switch
    {
        < 0x80 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };

    /// <summary>NEL, LS and PS.</summary>
    public static bool IsWideBreak(ReadOnlySpan<byte> text) =>
        (text.Length > 1 && text[0] == 0xC2 && text[1] == 0x85)
        || (text.Length > 2 && text[0] == 0xE2 && text[1] == 0x80 && text[2] is 0xA8 or 0xA9);

    public static bool IsBreak(ReadOnlySpan<byte> text) => text[0] is (byte)'\n' or (byte)'\r' || (text[0] >= 0xC2 && IsWideBreak(text));

    /// <summary>What go-yaml writes as it is: nothing outside the basic plane, no byte order mark, no C1 control.</summary>
    public static bool IsPrintable(ReadOnlySpan<byte> text) => text[0] switch
    {
        (byte)'\n' => true,
        < 0x80 => text[0] is >= 0x20 and <= 0x7E,
        0xC2 => text[1] >= 0xA0,
        > 0xC2 and < 0xED => true,
        0xED => text[1] < 0xA0,
        0xEE => true,
        0xEF => !(text[1] == 0xBB && text[2] == 0xBF) && !(text[1] == 0xBF && text[2] is 0xBE or 0xBF),
        _ => false,
    };
}
