namespace SecretsOps.Sops.Stores.Ini;

/// <summary>A section with its keys in order; one name may occur twice.</summary>
internal sealed class IniSection(string name)
{
    /// <summary>The section of keys before any header.</summary>
    public const string DefaultName = "DEFAULT";

    public string Name { get; } = name;

    public string Comment { get; set; } = "";

    public List<IniKey> Keys { get; } = [];
}

/// <summary>A key with its value and the comment that stands above it.</summary>
internal sealed class IniKey(string name, string value)
{
    public string Name { get; } = name;

    public string Value { get; set; } = value;

    public string Comment { get; set; } = "";
}
