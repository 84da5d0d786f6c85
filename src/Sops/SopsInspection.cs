using SecretsOps.Sops.Configuration;
using SecretsOps.Sops.Metadata;
using SecretsOps.Sops.Stores;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops;

/// <summary>Looks at files without any key and reports what is wrong with them; never a value.</summary>
internal static class SopsInspection
{
    /// <summary>The problems of an encrypted file.</summary>
    public static IReadOnlyList<string> Inspect(ReadOnlyMemory<byte> content, SopsFormat format, CreationRule? rule)
    {
        SopsDocument document;
        try
        {
            document = SopsStores.For(format, new StoreOptions { AllowsAnyRoot = true }).LoadEncrypted(content);
        }
        catch (SopsException failure)
        {
            return [failure.Message];
        }

        var problems = new List<string>();
        CheckMetadata(document.Metadata, problems);
        CheckRule(document.Metadata, format, rule, problems);
        new Walk(document.Metadata.EffectiveRule, problems).Visit(document.Trees);
        return problems;
    }

    private static void CheckMetadata(SopsMetadata metadata, List<string> problems)
    {
        if (metadata.Mac.Length == 0)
        {
            problems.Add("the metadata has no MAC");
        }
        else if (!EncryptedValue.TryParse(System.Text.Encoding.UTF8.GetBytes(metadata.Mac), out _))
        {
            problems.Add("the MAC in the metadata is malformed");
        }

        if (metadata.KeyGroups.Any(group => group.Keys.Count == 0))
        {
            problems.Add("a key group has no key");
        }

        problems.AddRange(metadata.AllKeys.Where(key => key.Text.Length == 0).Select(key => $"the data key is not wrapped for {key.Key}"));
        if (metadata.KeyGroups.Count > 1 && metadata.ShamirThreshold > metadata.KeyGroups.Count)
        {
            problems.Add($"the Shamir threshold {metadata.ShamirThreshold} is above the {metadata.KeyGroups.Count} key groups");
        }
    }

    private static void CheckRule(SopsMetadata metadata, SopsFormat format, CreationRule? rule, List<string> problems)
    {
        if (rule is null)
        {
            return;
        }

        var change = KeyGroupChange.Between(metadata, rule.KeyGroups);
        problems.AddRange(change.Groups.SelectMany(group => group.Added).Select(key => $"the rule names {key}, the file does not: run updatekeys"));
        problems.AddRange(change.Groups.SelectMany(group => group.Removed).Select(key => $"the file is encrypted for {key}, the rule does not name it"));
        var wanted = rule.Selection ?? SelectionRule.Default;
        if (format != SopsFormat.Binary && wanted != metadata.EffectiveRule)
        {
            problems.Add($"the file selects by {metadata.EffectiveRule.Name} '{metadata.EffectiveRule.Text}', the rule by {wanted.Name} '{wanted.Text}'");
        }
    }

    /// <summary>Finds plain values where the rule encrypts, and malformed ciphertext.</summary>
    private sealed class Walk(SelectionRule rule, List<string> problems)
    {
        private readonly TreePath _path = new();
        private EncryptionSelector _selector = new(rule);

        public void Visit(IReadOnlyList<TreeNode> trees)
        {
            foreach (var tree in trees)
            {
                _selector = new EncryptionSelector(rule);
                Visit(tree);
            }
        }

        private void Visit(TreeNode node)
        {
            if (node is TreeScalar scalar)
            {
                Check(scalar);
                return;
            }

            _selector.EnterContainer();
            foreach (var (key, value) in Children(node))
            {
                VisitChild(key, value);
            }

            _selector.LeaveContainer();
        }

        private void VisitChild(string? key, TreeNode value)
        {
            if (value is TreeComment comment)
            {
                _selector.OpenComment(comment.Text);
                return;
            }

            if (key is not null)
            {
                _path.Push(key);
                _selector.EnterKey(key);
            }

            Visit(value);
            if (key is not null)
            {
                _selector.LeaveKey();
                _path.Pop();
            }

            _selector.CloseComments();
        }

        private void Check(TreeScalar scalar)
        {
            if (scalar.Kind == TreeScalarKind.Null || scalar.Plaintext.IsEmpty || !_selector.IsEncrypted(isComment: false))
            {
                return;
            }

            if (!EncryptedValue.TryParse(scalar.Plaintext.Span, out _))
            {
                problems.Add(EncryptedValue.LooksEncrypted(scalar.Plaintext.Span) ? $"{_path}: malformed ciphertext" : $"{_path}: is not encrypted");
            }
        }

        private static IEnumerable<(string? Key, TreeNode Value)> Children(TreeNode node) => node switch
        {
            TreeBranch branch => branch.Items.Select(item => ((string?)item.Key, item.Value)),
            TreeList list => list.Elements.Select(element => ((string?)null, element)),
            _ => [],
        };
    }
}
