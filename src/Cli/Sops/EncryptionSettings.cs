using System.Globalization;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.KeyManagement.OpenPgp;
using SecretsOps.KeyManagement.VaultTransit;
using SecretsOps.Sops;
using SecretsOps.Sops.Configuration;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Cli.Sops;

/// <summary>For whom and what to encrypt: options beat the creation rule's keys; what options leave open the rule decides.</summary>
internal static class EncryptionSettings
{
    private const string OneSelection = "Error: cannot use more than one of encrypted_suffix, unencrypted_suffix, encrypted_regex, unencrypted_regex, encrypted_comment_regex, or unencrypted_comment_regex in the same file";

    public static EncryptOptions For(SopsSession session, string path)
    {
        // Compatibility: the rule is looked up before the options are read, so no match is an error even with --age.
        var rule = session.ConfigFor(path)?.RuleFor(path);
        var selections = Selections(session, rule);
        var isSingleValue = session.InputFormat(path) == SopsFormat.Binary;
        if (isSingleValue)
        {
            WarnAboutIgnored(session, selections);
        }

        return new EncryptOptions
        {
            Rule = isSingleValue ? null : selections.Count <= 1 ? selections.SingleOrDefault() : throw new SopsException(SopsExitCode.ConflictingParameters, OneSelection),
            IsMacOnlyEncrypted = !isSingleValue && (session.Arguments.FlagAnywhere("mac-only-encrypted") || rule is { IsMacOnlyEncrypted: true }),
            KeyGroups = KeyGroups(session, rule),
            ShamirThreshold = Threshold(session, rule),
            Stores = session.StoreOptions,
            Clock = session.Environment.Time,
        };
    }

    /// <summary>The keys of options, in sops's order; empty when none is given.</summary>
    public static List<MasterKey> KeysOf(SopsArguments arguments, string prefix = "")
    {
        string Text(string name) => prefix.Length > 0 ? arguments.Text(prefix + name) : arguments.TextAnywhere(name);
        var context = ContextOf(arguments);
        var keys = new List<MasterKey>();
        keys.AddRange(AwsKmsMasterKey.ParseList(Text("kms"), context, arguments.TextAnywhere("aws-profile")));
        keys.AddRange(GcpKmsMasterKey.ParseList(Text("gcp-kms")));
        keys.AddRange(HuaweiKmsMasterKey.ParseList(Text("hckms")));
        keys.AddRange(AzureKeyVaultMasterKey.ParseList(Text("azure-kv")));
        keys.AddRange(OpenPgpMasterKey.ParseList(Text("pgp")));
        keys.AddRange(VaultTransitMasterKey.ParseList(Text("hc-vault-transit")));
        keys.AddRange(AgeMasterKey.ParseList(Text("age")));
        keys.AddRange(AlibabaKmsMasterKey.ParseList(Text("acs-kms")));
        return keys;
    }

    private static Dictionary<string, string>? ContextOf(SopsArguments arguments)
    {
        var text = arguments.TextAnywhere("encryption-context");
        if (text.Length == 0)
        {
            return null;
        }

        var context = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(','))
        {
            var parts = pair.Split(':');
            context[parts[0]] = parts.Length == 2
                ? parts[1]
                : throw new SopsException(SopsExitCode.InvalidKmsContext, "Invalid KMS encryption context format: expected key:value,key2:value2");
        }

        return context;
    }

    /// <summary>What options and rule select; an option beats the rule's selection of its own kind only.</summary>
    private static List<SelectionRule> Selections(SopsSession session, CreationRule? rule)
    {
        var given = SelectionRule.AllKinds
            .Select(kind => new SelectionRule(kind, session.Arguments.TextAnywhere(SelectionRule.NameOf(kind).Replace('_', '-'))))
            .Where(selection => selection.Text.Length > 0).ToList();
        return rule?.Selection is { } other && !given.Exists(selection => selection.Kind == other.Kind) ? [.. given, other] : given;
    }

    /// <summary>The binary store has one value and encrypts it whatever was selected.</summary>
    private static void WarnAboutIgnored(SopsSession session, List<SelectionRule> selections)
    {
        foreach (var selection in selections)
        {
            var reason = selection.Kind == SelectionRuleKind.EncryptedCommentRegex
                ? "the binary store never produces comments"
                : "the binary store produces one key that should always be encrypted";
            var words = selection.Name.Replace('_', ' ');
            if (selection.Kind != SelectionRuleKind.UnencryptedCommentRegex)
            {
                session.Warn($"Using an {words} does not make sense with the input store ({reason}) and will be ignored.");
            }
        }
    }

    private static IReadOnlyList<IReadOnlyList<MasterKey>> KeyGroups(SopsSession session, CreationRule? rule)
    {
        var keys = KeysOf(session.Arguments);
        if (keys.Count > 0)
        {
            return [keys];
        }

        return rule?.KeyGroups ?? throw new SopsException(
            SopsExitCode.Generic,
            "config file not found, or has no creation rules, and no keys provided through command line options");
    }

    private static int Threshold(SopsSession session, CreationRule? rule)
    {
        var text = session.Arguments.TextAnywhere("shamir-secret-sharing-threshold");
        if (text.Length == 0)
        {
            return rule?.ShamirThreshold ?? 0;
        }

        return int.TryParse(text, CultureInfo.InvariantCulture, out var threshold)
            ? threshold
            : throw new SopsUsageException($"invalid value \"{text}\" for flag -shamir-secret-sharing-threshold: parse error");
    }
}
