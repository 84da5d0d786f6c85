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
using SecretsOps.Sops.Tree;

namespace SecretsOps.Sops.Metadata;

/// <summary>Reads and writes one entry of a key list in the metadata.</summary>
internal static class KeyEntry
{
    /// <summary>The lists in the order in which sops loads a group.</summary>
    public static readonly string[] ListNames = ["kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "acs_kms", "pgp", "age"];

    /// <summary>Reads an entry of the list <paramref name="listName"/>.</summary>
    public static WrappedKey Read(string listName, MetadataFields fields)
    {
        var createdAt = fields.Text("created_at");
        // Files of sops 1.x have seconds since 1970 here.
        var isTime = Rfc3339.TryNormalize(createdAt, out _) || double.TryParse(createdAt, CultureInfo.InvariantCulture, out _);
        if (createdAt.Length > 0 && !isTime)
        {
            throw new SopsException(SopsExitCode.Generic, $"the created_at of a key in '{listName}' is not an RFC 3339 time");
        }

        return new WrappedKey(ReadKey(listName, fields), fields.Text("enc")) { CreatedAt = createdAt };
    }

    /// <summary>The entry's fields, unsorted.</summary>
    public static TreeBranch Write(WrappedKey wrapped)
    {
        var entry = new TreeBranch();
        WriteKey(wrapped.Key, entry);
        if (wrapped.Key is not AgeMasterKey)
        {
            Add(entry, ("created_at", wrapped.CreatedAt));
        }

        Add(entry, ("enc", wrapped.Text));
        return entry;
    }

    private static MasterKey ReadKey(string listName, MetadataFields fields) => listName switch
    {
        "age" => new AgeMasterKey(fields.Text("recipient")),
        "pgp" => new OpenPgpMasterKey(fields.Text("fp")),
        "kms" => new AwsKmsMasterKey(fields.Text("arn")) { Role = fields.Text("role"), Profile = fields.Text("aws_profile"), Context = fields.Map("context") },
        "gcp_kms" => new GcpKmsMasterKey(fields.Text("resource_id")),
        "azure_kv" => new AzureKeyVaultMasterKey(fields.Text("vault_url"), fields.Text("name"), fields.Text("version")),
        "hc_vault" => new VaultTransitMasterKey(fields.Text("vault_address"), fields.Text("engine_path"), fields.Text("key_name")),
        "hckms" => new HuaweiKmsMasterKey(fields.Text("key_id")),
        _ => new AlibabaKmsMasterKey(fields.Text("arn")) { Role = fields.Text("role"), Context = fields.Map("context") },
    };

    private static void WriteKey(MasterKey key, TreeBranch entry)
    {
        switch (key)
        {
            case AgeMasterKey age:
                Add(entry, ("recipient", age.Recipient));
                break;
            case OpenPgpMasterKey pgp:
                Add(entry, ("fp", pgp.Fingerprint));
                break;
            case AwsKmsMasterKey kms:
                Add(entry, ("arn", kms.Arn), ("aws_profile", kms.Profile));
                AddOptional(entry, kms.Role, kms.Context);
                break;
            case GcpKmsMasterKey gcp:
                Add(entry, ("resource_id", gcp.ResourceId));
                break;
            case AzureKeyVaultMasterKey azure:
                Add(entry, ("vault_url", azure.VaultUrl), ("name", azure.Name), ("version", azure.Version));
                break;
            case VaultTransitMasterKey vault:
                Add(entry, ("vault_address", vault.VaultAddress), ("engine_path", vault.EnginePath), ("key_name", vault.KeyName));
                break;
            case HuaweiKmsMasterKey huawei:
                Add(entry, ("key_id", huawei.KeyId));
                break;
            case AlibabaKmsMasterKey alibaba:
                Add(entry, ("arn", alibaba.Arn));
                AddOptional(entry, alibaba.Role, alibaba.Context);
                break;
        }
    }

    private static void Add(TreeBranch entry, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        foreach (var (name, value) in fields)
        {
            entry.Add(name, TreeScalar.OfText(value));
        }
    }

    private static void AddOptional(TreeBranch entry, string role, IReadOnlyDictionary<string, string> context)
    {
        if (role.Length > 0)
        {
            Add(entry, ("role", role));
        }

        if (context.Count > 0)
        {
            var map = new TreeBranch();
            foreach (var (name, value) in context)
            {
                Add(map, (name, value));
            }

            entry.Add("context", map);
        }
    }
}
