namespace SecretsOps.Sops;

/// <summary>The file formats that SOPS stores know.</summary>
public enum SopsFormat
{
    /// <summary>Any bytes, in a JSON envelope when encrypted.</summary>
    Binary,

    /// <summary>YAML, any number of documents.</summary>
    Yaml,

    /// <summary>A JSON object.</summary>
    Json,

    /// <summary>Lines of <c>KEY=value</c>.</summary>
    Dotenv,

    /// <summary>Sections of <c>key = value</c>.</summary>
    Ini,

    /// <summary>TOML; ours alone, real sops treats such files as binary.</summary>
    Toml,
}
