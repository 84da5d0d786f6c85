using System.Text.RegularExpressions;
using SecretsOps.Sops.Configuration;

namespace SecretsOps.Sops.Tree;

/// <summary>Decides for each value of a tree, in document order, whether it is encrypted.</summary>
/// <remarks>The answer for a key prefix is remembered, so a rule looks at each key once and not once per value below it.</remarks>
internal sealed class EncryptionSelector
{
    private readonly SelectionRule _rule;
    private readonly Regex? _pattern;
    private readonly List<bool> _matches = [];
    private readonly List<List<string>> _activeComments = [];

    public EncryptionSelector(SelectionRule rule)
    {
        _rule = rule;
        if (rule.Kind is not (SelectionRuleKind.UnencryptedSuffix or SelectionRuleKind.EncryptedSuffix))
        {
            // Compatibility: an invalid expression in a file's metadata matches nothing.
            _ = Re2Pattern.TryCompile(rule.Text, out _pattern);
        }
    }

    /// <summary>Whether comments decide.</summary>
    public bool IsByComment => _rule.Kind is SelectionRuleKind.UnencryptedCommentRegex or SelectionRuleKind.EncryptedCommentRegex;

    public void EnterKey(string key) =>
        _matches.Add((_matches.Count > 0 && _matches[^1]) || (!IsByComment && Matches(key)));

    public void LeaveKey() => _matches.RemoveAt(_matches.Count - 1);

    public void EnterContainer() => _activeComments.Add([]);

    public void LeaveContainer() => _activeComments.RemoveAt(_activeComments.Count - 1);

    /// <summary>A comment is open from before its own turn until the next item of its container is done.</summary>
    public void OpenComment(string text) => _activeComments[^1].Add(text);

    public void CloseComments() => _activeComments[^1].Clear();

    /// <summary>Whether the current value is encrypted; for comments <paramref name="isComment"/> spares the marker itself.</summary>
    public bool IsEncrypted(bool isComment)
    {
        var isMatched = _matches.Count > 0 && _matches[^1];
        return _rule.Kind switch
        {
            SelectionRuleKind.UnencryptedSuffix or SelectionRuleKind.UnencryptedRegex => !isMatched,
            SelectionRuleKind.EncryptedSuffix or SelectionRuleKind.EncryptedRegex => isMatched,
            SelectionRuleKind.UnencryptedCommentRegex => !AnyComment(skipInnermostLast: false),
            _ => AnyComment(skipInnermostLast: isComment),
        };
    }

    /// <summary>Whether a text would match the rule's expression.</summary>
    public bool MatchesComment(string text) => IsByComment && _pattern is not null && _pattern.IsMatch(text);

    private bool Matches(string key) => _rule.Kind switch
    {
        SelectionRuleKind.UnencryptedSuffix or SelectionRuleKind.EncryptedSuffix => key.EndsWith(_rule.Text, StringComparison.Ordinal),
        _ => _pattern is not null && _pattern.IsMatch(key),
    };

    private bool AnyComment(bool skipInnermostLast)
    {
        for (var level = 0; level < _activeComments.Count; level++)
        {
            var comments = _activeComments[level];
            var count = comments.Count - (skipInnermostLast && level == _activeComments.Count - 1 ? 1 : 0);
            for (var index = 0; index < count; index++)
            {
                if (_pattern is not null && _pattern.IsMatch(comments[index]))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
