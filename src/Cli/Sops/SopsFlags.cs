namespace SecretsOps.Cli.Sops;

/// <summary>The options of the <c>sops</c> command line, by group.</summary>
internal static class SopsFlags
{
    public static SopsFlag InPlace { get; } = new("in-place", "write output back to the same file instead of stdout") { Short = "i", IsSwitch = true };

    public static SopsFlag Output { get; } = new("output", "Save the output after encryption or decryption to the file specified");

    public static SopsFlag InputType { get; } = new("input-type", "json, yaml, dotenv, ini, toml, and binary are supported. If not set, sops will use the file's extension to determine the type");

    public static SopsFlag OutputType { get; } = new("output-type", "json, yaml, dotenv, ini, toml, and binary are supported. If not set, sops will use the input file's extension to determine the output format");

    public static SopsFlag FileNameOverride { get; } = new("filename-override", "Use this filename instead of the provided argument for loading configuration, and for determining input type and output type");

    public static SopsFlag IgnoreMac { get; } = new("ignore-mac", "ignore Message Authentication Code during decryption") { IsSwitch = true };

    public static SopsFlag Extract { get; } = new("extract", "extract a specific key or branch from the input document. Example: --extract '[\"somekey\"][0]'");

    public static SopsFlag DecryptionOrder { get; } = new("decryption-order", "comma separated list of decryption key types") { Variable = "SOPS_DECRYPTION_ORDER" };

    public static SopsFlag Idempotent { get; } = new("idempotent", "do nothing if the given index already has the given value, or is already gone") { IsSwitch = true };

    public static SopsFlag Yes { get; } = new("yes", "pre-approve all changes and run non-interactively") { Short = "y", IsSwitch = true };

    public static SopsFlag Threshold { get; } = new("shamir-secret-sharing-threshold", "the number of master keys required to retrieve the data key with shamir");

    public static SopsFlag User { get; } = new("user", "the user to run the command as");

    public static SopsFlag Verbose { get; } = new("verbose", "Enable verbose logging output") { IsSwitch = true };

    public static SopsFlag ShowMasterKeys { get; } = new("show-master-keys", "display master encryption keys in the file during editing") { Short = "s", IsSwitch = true };

    /// <summary>Where wrapping and unwrapping happens.</summary>
    public static IReadOnlyList<SopsFlag> KeyServices { get; } =
    [
        new("enable-local-keyservice", "use local key service") { IsSwitch = true, Variable = "SOPS_ENABLE_LOCAL_KEYSERVICE" },
        new("keyservice", "Specify the key services to use in addition to the local one. Can be specified more than once. Syntax: protocol://address. Example: tcp://myserver.com:5000")
            { IsRepeatable = true, Variable = "SOPS_KEYSERVICE" },
    ];

    /// <summary>For whom to encrypt.</summary>
    public static IReadOnlyList<SopsFlag> Keys { get; } =
    [
        new("kms", "comma separated list of KMS ARNs") { Short = "k", Variable = "SOPS_KMS_ARN" },
        new("aws-profile", "The AWS profile to use for requests to AWS"),
        new("gcp-kms", "comma separated list of GCP KMS resource IDs") { Variable = "SOPS_GCP_KMS_IDS" },
        new("hckms", "comma separated list of HuaweiCloud KMS key IDs (format: region:key-uuid)") { Variable = "SOPS_HUAWEICLOUD_KMS_IDS" },
        new("acs-kms", "comma separated list of Alibaba Cloud KMS ARNs") { Variable = "SOPS_ACS_KMS_ARN" },
        new("azure-kv", "comma separated list of Azure Key Vault URLs") { Variable = "SOPS_AZURE_KEYVAULT_URLS" },
        new("hc-vault-transit", "comma separated list of vault's key URI (e.g. 'https://vault.example.org:8200/v1/transit/keys/dev')") { Variable = "SOPS_VAULT_URIS" },
        new("pgp", "comma separated list of PGP fingerprints") { Short = "p", Variable = "SOPS_PGP_FP" },
        new("age", "comma separated list of age recipients") { Short = "a", Variable = "SOPS_AGE_RECIPIENTS" },
        new("encryption-context", "comma separated list of KMS encryption context key:value pairs"),
    ];

    /// <summary>The keys of a new group: each option may occur several times, and none has a variable.</summary>
    public static IReadOnlyList<SopsFlag> GroupKeys { get; } =
        [.. Keys.Select(flag => flag with { Short = "", Variable = "", IsRepeatable = flag.Name is not ("aws-profile" or "encryption-context") })];

    /// <summary>What to encrypt.</summary>
    public static IReadOnlyList<SopsFlag> Selections { get; } =
    [
        new("unencrypted-suffix", "override the unencrypted key suffix"),
        new("encrypted-suffix", "override the encrypted key suffix. When empty, all keys will be encrypted, unless otherwise marked with unencrypted-suffix"),
        new("unencrypted-regex", "set the unencrypted key regex. When specified, only keys matching the regex will be left unencrypted"),
        new("encrypted-regex", "set the encrypted key regex. When specified, only keys matching the regex will be encrypted"),
        new("unencrypted-comment-regex", "set the unencrypted comment suffix. When specified, only keys that have comment matching the regex will be left unencrypted"),
        new("encrypted-comment-regex", "set the encrypted comment suffix. When specified, only keys that have comment matching the regex will be encrypted"),
        new("mac-only-encrypted", "compute MAC only over values which end up encrypted") { IsSwitch = true },
    ];

    /// <summary>Keys to add or remove in <c>rotate</c>.</summary>
    public static IReadOnlyList<SopsFlag> KeyChanges { get; } =
        [.. Keys.Where(flag => flag.Name is not ("aws-profile" or "encryption-context")).SelectMany(flag => new[]
        {
            new SopsFlag($"add-{flag.Name}", $"add the provided {flag.Usage} to the list of master keys on the given file"),
            new SopsFlag($"rm-{flag.Name}", $"remove the provided {flag.Usage} from the list of master keys on the given file"),
        })];

    /// <summary>Options before a command, among them the commands of old as options.</summary>
    public static IReadOnlyList<SopsFlag> Global { get; } =
    [
        new("decrypt", "decrypt a file and output the result to stdout") { Short = "d", IsSwitch = true },
        new("encrypt", "encrypt a file and output the result to stdout") { Short = "e", IsSwitch = true },
        new("rotate", "generate a new data encryption key and reencrypt all values with the new key") { Short = "r", IsSwitch = true },
        new("set", "set a specific key or branch in the input document. value must be a JSON encoded string, for example '/path/to/file?[\"somekey\"][0] {\"somevalue\":true}'"),
        new("disable-version-check", "do not check whether the current version is latest during --version") { IsSwitch = true, Variable = "SOPS_DISABLE_VERSION_CHECK" },
        new("check-for-updates", "do check whether the current version is latest during --version") { IsSwitch = true },
        new("config", "path to sops' config file. If set, sops will not search for the config file recursively") { Variable = "SOPS_CONFIG" },
        new("indent", "the number of spaces to indent YAML or JSON encoded file"),
        Verbose,
        new("version", "print the version") { Short = "v", IsSwitch = true },
        new("help", "show help") { Short = "h", IsSwitch = true },
        InPlace, Output, InputType, OutputType, FileNameOverride, IgnoreMac, Extract, DecryptionOrder, Threshold, ShowMasterKeys,
        .. Keys, .. Selections, .. KeyChanges, .. KeyServices,
    ];
}
