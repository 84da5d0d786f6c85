namespace SecretsOps.KeyManagement;

/// <summary>One section of an INI file of credentials.</summary>
internal static class IniSection
{
    public static IReadOnlyDictionary<string, string> Read(string text, string section)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var isInside = false;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line is ['[', .. var name, ']'])
            {
                isInside = name.Trim() == section;
            }
            else if (isInside && line[0] is not ('#' or ';') && line.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, var value])
            {
                settings[key] = value;
            }
        }

        return settings;
    }
}
