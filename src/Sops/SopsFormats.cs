namespace SecretsOps.Sops;

/// <summary>Finds a format by file name or by the word of <c>--input-type</c>.</summary>
public static class SopsFormats
{
    /// <summary>The format that sops takes for a file name: everything it does not know is binary.</summary>
    public static SopsFormat ForPath(string path) => Path.GetExtension(path) switch
    {
        ".yaml" or ".yml" => SopsFormat.Yaml,
        ".json" => SopsFormat.Json,
        ".env" => SopsFormat.Dotenv,
        ".ini" => SopsFormat.Ini,
        _ => SopsFormat.Binary,
    };

    /// <summary>The format of an option's word, or null for an unknown one.</summary>
    public static SopsFormat? FromName(string name) => name switch
    {
        "yaml" => SopsFormat.Yaml,
        "json" => SopsFormat.Json,
        "dotenv" => SopsFormat.Dotenv,
        "ini" => SopsFormat.Ini,
        "binary" => SopsFormat.Binary,
        "toml" => SopsFormat.Toml,
        _ => null,
    };

    /// <summary>The format of an option's word when it is known, else of the path.</summary>
    /// <remarks>Compatibility: sops falls back to the extension on a word it does not know, without a warning.</remarks>
    public static SopsFormat Resolve(string? name, string path) =>
        (string.IsNullOrEmpty(name) ? null : FromName(name)) ?? ForPath(path);
}
