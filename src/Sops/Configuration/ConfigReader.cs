using System.Text;
using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.KeyManagement.OpenPgp;
using SecretsOps.KeyManagement.VaultTransit;
using SecretsOps.Sops.Stores;
using SecretsOps.Sops.Stores.Yaml;
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Configuration;

/// <summary>Reads <c>.sops.yaml</c> and keeps the place of every key it does not know.</summary>
internal sealed class ConfigReader(string path)
{
    private readonly List<string> _unknownKeys = [];

    public SopsConfig Read(ReadOnlySpan<byte> content)
    {
        YamlNode root;
        try
        {
            var documents = content.IsEmpty ? [] : YamlComposer.ReadAll(YamlText.From(content));
            root = documents.Count > 0 && documents[0].Root.Kind == YamlNodeKind.Mapping ? documents[0].Root : new YamlNode(YamlNodeKind.Mapping);
        }
        catch (YamlSyntaxException failure)
        {
            throw new SopsException(SopsExitCode.Generic, $"error loading config: error loading '{path}': {failure.Message}", failure);
        }

        var map = new ConfigMap(root, this);
        var config = new SopsConfig
        {
            Path = path,
            CreationRules = map.Has("creation_rules") ? [.. map.Maps("creation_rules").Select(rule => ReadRule(rule, "a creation rule"))] : null,
            DestinationRules = [.. map.Maps("destination_rules").Select(ReadDestination)],
            Stores = ReadStores(map.Map("stores")),
        };
        map.ReportUnknown(System.IO.Path.GetFileName(path));
        return config with { UnknownKeys = _unknownKeys };
    }

    public SopsException Failure(YamlNode node, string problem) =>
        new(SopsExitCode.Generic, $"error loading config: {path}:{node.Line + 1}:{node.Column + 1}: {problem}");

    public void ReportUnknown(YamlNode node, string problem) => _unknownKeys.Add($"{path}:{node.Line + 1}:{node.Column + 1}: {problem}");

    public string Text(YamlNode node)
    {
        var followed = Followed(node);
        if (followed.Kind != YamlNodeKind.Scalar)
        {
            throw Failure(node, "expected a text");
        }

        return YamlScalarResolver.Resolve(followed).Kind == TreeScalarKind.Null ? "" : Encoding.UTF8.GetString(followed.Value.Span);
    }

    public static YamlNode Followed(YamlNode node) => node.Kind == YamlNodeKind.Alias ? node.Target! : node;

    private static CreationRule ReadRule(ConfigMap map, string place)
    {
        var hasGroups = map.Has("key_groups");
        var flat = ReadFlatGroup(map);
        var groups = map.Maps("key_groups").Select(ReadGroup).Select(Distinct).ToList();
        var rule = new CreationRule
        {
            Line = map.Line,
            PathRegex = map.Text("path_regex"),
            KeyGroups = hasGroups && groups.Count > 0 ? groups : [flat],
            ShamirThreshold = map.Number("shamir_threshold"),
            Selections = [.. SelectionRule.AllKinds.Select(kind => new SelectionRule(kind, map.Text(SelectionRule.NameOf(kind)))).Where(rule => rule.Text.Length > 0)],
            IsMacOnlyEncrypted = map.Flag("mac_only_encrypted"),
        };
        map.ReportUnknown(place);
        return rule;
    }

    /// <summary>The flat keys in sops's order: age, pgp, kms, gcp_kms, hckms, azure, vault; ours last.</summary>
    private static List<MasterKey> ReadFlatGroup(ConfigMap map)
    {
        var profile = map.Text("aws_profile");
        var context = map.Pairs("kms_context");
        var keys = new List<MasterKey>();
        keys.AddRange(map.Texts("age").Select(text => new AgeMasterKey(text)));
        keys.AddRange(map.Texts("pgp").Select(text => new OpenPgpMasterKey(text)));
        keys.AddRange(map.Texts("kms").Select(text => AwsKmsMasterKey.Parse(text) with { Profile = profile, Context = context }));
        keys.AddRange(map.Texts("gcp_kms").Select(text => new GcpKmsMasterKey(text)));
        keys.AddRange(map.Texts("hckms").Select(HuaweiKmsMasterKey.Parse));
        keys.AddRange(map.Texts("azure_keyvault").Select(AzureKeyVaultMasterKey.Parse));
        keys.AddRange(map.Texts("hc_vault_transit_uri").Select(VaultTransitMasterKey.Parse));
        keys.AddRange(map.Texts("acs_kms").Concat(map.Texts("alibaba_kms")).Select(AlibabaKmsMasterKey.Parse));
        return Distinct(keys);
    }

    private static List<MasterKey> ReadGroup(ConfigMap map)
    {
        var keys = map.Maps("merge").SelectMany(ReadGroup).ToList();
        keys.AddRange(map.Texts("age").Select(text => new AgeMasterKey(text)));
        keys.AddRange(map.Texts("pgp").Select(text => new OpenPgpMasterKey(text)));
        keys.AddRange(map.Maps("kms", "arn").Select(ReadAwsKey));
        keys.AddRange(map.Maps("gcp_kms", "resource_id").Select(entry => new GcpKmsMasterKey(entry.Text("resource_id"))));
        keys.AddRange(map.Maps("hckms", "key_id").Select(entry => HuaweiKmsMasterKey.Parse(entry.Text("key_id"))));
        keys.AddRange(map.Maps("azure_keyvault", "url").Select(ReadAzureKey));
        keys.AddRange(map.Texts("hc_vault").Select(VaultTransitMasterKey.Parse));
        keys.AddRange(map.Maps("acs_kms", "arn").Concat(map.Maps("alibaba_kms", "arn")).Select(ReadAlibabaKey));
        map.ReportUnknown("a key group");
        return keys;
    }

    private static AwsKmsMasterKey ReadAwsKey(ConfigMap entry)
    {
        var role = entry.Text("role");
        var key = AwsKmsMasterKey.Parse(entry.Text("arn")) with { Context = entry.Pairs("context"), Profile = entry.Text("aws_profile") };
        entry.ReportUnknown("a kms key");
        return role.Length > 0 ? key with { Role = role } : key;
    }

    private static AlibabaKmsMasterKey ReadAlibabaKey(ConfigMap entry)
    {
        var role = entry.Text("role");
        var key = AlibabaKmsMasterKey.Parse(entry.Text("arn")) with { Context = entry.Pairs("context") };
        entry.ReportUnknown("an acs_kms key");
        return role.Length > 0 ? key with { Role = role } : key;
    }

    private static AzureKeyVaultMasterKey ReadAzureKey(ConfigMap entry)
    {
        var url = entry.Text("url");
        var key = url.Length > 0 ? AzureKeyVaultMasterKey.Parse(url) : new AzureKeyVaultMasterKey(entry.Text("vaultUrl"), entry.Text("key"), entry.Text("version"));
        entry.ReportUnknown("an azure_keyvault key");
        return key;
    }

    private static List<MasterKey> Distinct(IEnumerable<MasterKey> keys) => [.. keys.DistinctBy(key => (key.TypeName, key.Identity))];

    private static DestinationRule ReadDestination(ConfigMap map)
    {
        string[] names = ["s3_bucket", "s3_prefix", "gcs_bucket", "gcs_prefix", "vault_path", "vault_address", "vault_kv_mount_name", "vault_kv_version", "omit_extensions"];
        var rule = new DestinationRule
        {
            PathRegex = map.Text("path_regex"),
            Settings = names.Where(map.Has).ToDictionary(name => name, map.Text, StringComparer.Ordinal),
            RecreationRule = map.Map("recreation_rule") is { } recreation ? ReadRule(recreation, "a recreation rule") : null,
        };
        map.ReportUnknown("a destination rule");
        return rule;
    }

    private static StoreOptions ReadStores(ConfigMap? map)
    {
        if (map is null)
        {
            return new StoreOptions();
        }

        var defaults = new StoreOptions();
        var options = new StoreOptions
        {
            YamlIndent = Indent(map, "yaml", defaults.YamlIndent),
            JsonIndent = Indent(map, "json", defaults.JsonIndent),
            BinaryIndent = Indent(map, "json_binary", defaults.BinaryIndent),
        };
        _ = map.Has("dotenv") | map.Has("ini");
        map.ReportUnknown("stores");
        return options;
    }

    private static int Indent(ConfigMap stores, string store, int otherwise)
    {
        var map = stores.Map(store);
        var indent = map is not null && map.Has("indent") ? map.Number("indent") : otherwise;
        map?.ReportUnknown($"stores.{store}");
        return indent;
    }
}
