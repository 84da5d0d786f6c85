namespace SecretsOps.Sops.Tree;

/// <summary>Walks a document's trees in order, encrypts or decrypts what the rule selects, and hashes every value for the MAC.</summary>
internal sealed class TreeCipher
{
    private readonly ValueCipher _cipher;
    private readonly SelectionRule _rule;
    private readonly bool _isMacOnlyEncrypted;
    private readonly bool _isEncrypting;
    private readonly Action<string>? _warn;
    private readonly TreePath _path = new();
    private EncryptionSelector _selector;
    private TreeMac? _mac;

    private TreeCipher(ValueCipher cipher, SelectionRule rule, bool isMacOnlyEncrypted, bool isEncrypting, Action<string>? warn)
    {
        _cipher = cipher;
        _rule = rule;
        _isMacOnlyEncrypted = isMacOnlyEncrypted;
        _isEncrypting = isEncrypting;
        _warn = warn;
        _selector = new EncryptionSelector(rule);
    }

    /// <summary>Encrypts; the answer is the MAC over the plaintexts.</summary>
    public static (List<TreeNode> Trees, string Mac) Encrypt(IReadOnlyList<TreeNode> trees, ValueCipher cipher, SelectionRule rule, bool isMacOnlyEncrypted) =>
        new TreeCipher(cipher, rule, isMacOnlyEncrypted, isEncrypting: true, null).Run(trees);

    /// <summary>Decrypts; the answer is the MAC computed over the plaintexts, still to be compared.</summary>
    public static (List<TreeNode> Trees, string Mac) Decrypt(
        IReadOnlyList<TreeNode> trees, ValueCipher cipher, SelectionRule rule, bool isMacOnlyEncrypted, Action<string>? warn) =>
        new TreeCipher(cipher, rule, isMacOnlyEncrypted, isEncrypting: false, warn).Run(trees);

    private (List<TreeNode> Trees, string Mac) Run(IReadOnlyList<TreeNode> trees)
    {
        using var mac = new TreeMac(_isMacOnlyEncrypted);
        _mac = mac;
        var results = new List<TreeNode>(trees.Count);
        foreach (var tree in trees)
        {
            _selector = new EncryptionSelector(_rule);
            results.Add(Walk(tree));
        }

        return (results, mac.Finish());
    }

    private TreeNode Walk(TreeNode node) => node switch
    {
        TreeBranch branch => WalkBranch(branch),
        TreeList list => WalkList(list),
        TreeScalar scalar => WalkScalar(scalar),
        _ => throw Failure("Cannot walk a comment in the place of a value"),
    };

    private TreeBranch WalkBranch(TreeBranch branch)
    {
        var result = new TreeBranch { Items = new List<TreeItem>(branch.Items.Count) };
        _selector.EnterContainer();
        foreach (var item in branch.Items)
        {
            if (item.Comment is { } comment)
            {
                result.Items.Add(new TreeItem(WalkComment(comment)));
                continue;
            }

            RequireTextKey(item);
            _path.Push(item.Key);
            _selector.EnterKey(item.Key);
            result.Items.Add(new TreeItem(item.Key, Walk(item.Value)));
            _selector.LeaveKey();
            _path.Pop();
            _selector.CloseComments();
        }

        _selector.LeaveContainer();
        return result;
    }

    private void RequireTextKey(TreeItem item)
    {
        if (item.ForeignKeyType is { } type)
        {
            // Compatibility: sops's wording, Go's complaint about its own format and the missing blank included.
            throw Failure($"Tree contains a non-string key (type {type}): %!s({type}={item.Key}). Only string keys aresupported");
        }
    }

    private TreeList WalkList(TreeList list)
    {
        var result = new TreeList { Elements = new List<TreeNode>(list.Elements.Count) };
        _selector.EnterContainer();
        foreach (var element in list.Elements)
        {
            if (element is TreeComment comment)
            {
                result.Elements.Add(ListComment(WalkComment(comment)));
            }
            else if (!_isEncrypting && IsEncryptedComment(element))
            {
                result.Elements.Add(WalkComment(new TreeComment(((TreeScalar)element).Text)));
            }
            else
            {
                result.Elements.Add(Walk(element));
                _selector.CloseComments();
            }
        }

        _selector.LeaveContainer();
        return result;
    }

    /// <summary>In lists an encrypted comment is stored as a plain element of its ciphertext.</summary>
    private TreeNode ListComment(TreeComment comment) =>
        _isEncrypting && EncryptedValue.LooksEncrypted(System.Text.Encoding.UTF8.GetBytes(comment.Text)) ? TreeScalar.OfText(comment.Text) : comment;

    private static bool IsEncryptedComment(TreeNode element) =>
        element is TreeScalar { Kind: TreeScalarKind.Text } scalar
        && EncryptedValue.TryParse(scalar.Plaintext.Span, out var parts) && parts.Type.SequenceEqual("comment"u8);

    private TreeComment WalkComment(TreeComment comment)
    {
        _selector.OpenComment(comment.Text);
        if (!_selector.IsEncrypted(isComment: true))
        {
            return comment;
        }

        var text = System.Text.Encoding.UTF8.GetBytes(comment.Text);
        return _isEncrypting ? EncryptComment(comment, text) : DecryptComment(comment, text);
    }

    private TreeComment EncryptComment(TreeComment comment, byte[] text)
    {
        var encrypted = System.Text.Encoding.UTF8.GetString(_cipher.Encrypt(text, "comment", _path.AssociatedData));
        if (_rule.Kind == SelectionRuleKind.UnencryptedCommentRegex && _selector.MatchesComment(encrypted))
        {
            throw Failure($"Encrypted comment matches unencrypted_comment_regex '{_rule.Text}', so the file could not be decrypted; choose an expression that ENC[...] does not match");
        }

        return new TreeComment(encrypted, comment.IsInline);
    }

    /// <remarks>Compatibility: a comment that does not decrypt stays as it is (files of old versions hold plain ones); a decrypted one loses its place at the end of the line.</remarks>
    private TreeComment DecryptComment(TreeComment comment, byte[] text)
    {
        if (text.Length == 0)
        {
            return comment;
        }

        try
        {
            return new TreeComment(System.Text.Encoding.UTF8.GetString(_cipher.Decrypt(text, _path.AssociatedData).Plaintext));
        }
        catch (SopsException)
        {
            _warn?.Invoke("Found possibly unencrypted comment in file. This is to be expected if the file being decrypted was created with an older version of SOPS.");
            return comment;
        }
    }

    private TreeScalar WalkScalar(TreeScalar scalar)
    {
        if (scalar.Kind == TreeScalarKind.Null)
        {
            return scalar;
        }

        if (scalar.Kind == TreeScalarKind.TooLargeNumber)
        {
            throw Failure("Cannot walk value, unknown type: uint64");
        }

        var isEncrypted = _selector.IsEncrypted(isComment: false);
        var plain = isEncrypted && !_isEncrypting ? DecryptScalar(scalar) : scalar;
        if (isEncrypted || !_isMacOnlyEncrypted)
        {
            _mac!.Add(plain.Plaintext.Span);
        }

        return isEncrypted && _isEncrypting
            ? new TreeScalar(TreeScalarKind.Text, _cipher.Encrypt(scalar.Plaintext.Span, ScalarType.NameOf(scalar.Kind), _path.AssociatedData))
            : plain;
    }

    private TreeScalar DecryptScalar(TreeScalar scalar)
    {
        if (scalar.Kind != TreeScalarKind.Text)
        {
            throw Failure($"Expected encrypted value as string, but got {ScalarType.GoNameOf(scalar.Kind)}");
        }

        if (scalar.Plaintext.IsEmpty)
        {
            return scalar;
        }

        try
        {
            var (type, plaintext) = _cipher.Decrypt(scalar.Plaintext.Span, _path.AssociatedData);
            return ScalarType.FromPlaintext(type, plaintext);
        }
        catch (SopsException failure)
        {
            throw Failure($"Could not decrypt value: {failure.Message}");
        }
    }

    private SopsException Failure(string reason)
    {
        var (code, verb) = _isEncrypting ? (SopsExitCode.EncryptingTree, "encrypting") : (SopsExitCode.DecryptingTree, "decrypting");
        return new SopsException(code, $"Error {verb} tree: Error walking tree: {reason}") { Place = _path.Components.Count > 0 ? _path.ToString() : null };
    }
}
