namespace SecretsOps.Cli.Sops;

/// <summary>Under whose name a command runs.</summary>
internal enum SopsDialect
{
    /// <summary>As <c>sops</c>: its files, messages and quirks.</summary>
    Sops,

    /// <summary>As <c>secretsops</c>: configuration from the file's directory, strict on misspelt keys, edits that keep the rest of the text.</summary>
    SecretsOps,
}
