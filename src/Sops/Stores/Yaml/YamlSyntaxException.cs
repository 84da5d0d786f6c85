namespace SecretsOps.Sops.Stores.Yaml;

/// <summary>The text is not YAML that sops takes; the message names line and problem and holds no value.</summary>
internal sealed class YamlSyntaxException : Exception
{
    /// <summary>A problem at a place.</summary>
    public YamlSyntaxException(string problem, YamlMark mark)
        : base(mark.Line > 0 || mark.Column > 0 ? $"yaml: line {mark.Line + 1}: {problem}" : $"yaml: {problem}")
    {
    }

    /// <summary>A whole message.</summary>
    public YamlSyntaxException(string message)
        : base(message)
    {
    }
}
