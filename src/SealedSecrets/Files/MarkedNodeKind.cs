namespace SecretsOps.SealedSecrets.Files;

/// <summary>The shapes of YAML that an edit has to tell apart.</summary>
internal enum MarkedNodeKind
{
    /// <summary>Plain or quoted text.</summary>
    Scalar,

    /// <summary>Text behind <c>|</c> or <c>&gt;</c>: its range takes in the line break at its end.</summary>
    BlockScalar,

    /// <summary>A mapping of one line per key.</summary>
    BlockMapping,

    /// <summary>A mapping in braces.</summary>
    FlowMapping,

    /// <summary>A sequence or an alias: never edited inside.</summary>
    Other,
}
