namespace SecretsOps.Sops.Tree;

/// <summary>The six ways to say which values are encrypted; a file has at most one.</summary>
public enum SelectionRuleKind
{
    /// <summary>All but what lies under a key with the suffix.</summary>
    UnencryptedSuffix,

    /// <summary>Only what lies under a key with the suffix.</summary>
    EncryptedSuffix,

    /// <summary>All but what lies under a matching key.</summary>
    UnencryptedRegex,

    /// <summary>Only what lies under a matching key.</summary>
    EncryptedRegex,

    /// <summary>All but what a matching comment stands before.</summary>
    UnencryptedCommentRegex,

    /// <summary>Only what a matching comment stands before.</summary>
    EncryptedCommentRegex,
}

/// <summary>Which values of a file are encrypted.</summary>
public sealed record SelectionRule(SelectionRuleKind Kind, string Text)
{
    /// <summary>The rule of files that carry none.</summary>
    public static SelectionRule Default { get; } = new(SelectionRuleKind.UnencryptedSuffix, "_unencrypted");

    /// <summary>Every kind, in the order in which sops looks for them.</summary>
    public static IReadOnlyList<SelectionRuleKind> AllKinds { get; } =
    [
        SelectionRuleKind.UnencryptedSuffix, SelectionRuleKind.EncryptedSuffix, SelectionRuleKind.UnencryptedRegex,
        SelectionRuleKind.EncryptedRegex, SelectionRuleKind.UnencryptedCommentRegex, SelectionRuleKind.EncryptedCommentRegex,
    ];

    /// <summary>The name in metadata, configuration and (with dashes) options.</summary>
    public string Name => NameOf(Kind);

    /// <summary>The name of a kind: <c>encrypted_regex</c>, …</summary>
    public static string NameOf(SelectionRuleKind kind) => kind switch
    {
        SelectionRuleKind.UnencryptedSuffix => "unencrypted_suffix",
        SelectionRuleKind.EncryptedSuffix => "encrypted_suffix",
        SelectionRuleKind.UnencryptedRegex => "unencrypted_regex",
        SelectionRuleKind.EncryptedRegex => "encrypted_regex",
        SelectionRuleKind.UnencryptedCommentRegex => "unencrypted_comment_regex",
        _ => "encrypted_comment_regex",
    };
}
