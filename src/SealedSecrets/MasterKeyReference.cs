using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.KeyManagement.OpenPgp;
using SecretsOps.KeyManagement.VaultTransit;

namespace SecretsOps.SealedSecrets;

/// <summary>Names a master key in text: its type and its identity, as <c>kms:arn:…</c> or <c>hc_vault:https://…</c>.</summary>
public static class MasterKeyReference
{
    /// <summary>Reads <c>type:identity</c>, the form of the command line and of the controller's flag.</summary>
    /// <exception cref="FormatException">The type is unknown or the identity does not fit it.</exception>
    public static MasterKey Parse(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var colon = reference.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? Parse(reference[..colon], reference[(colon + 1)..])
            : throw new FormatException($"'{reference}' names no master key: expected TYPE:KEY, as in kms:arn:aws:kms:… or age:age1…");
    }

    /// <summary>Reads an identity of a known type; <c>kms</c> and <c>acs_kms</c> may carry a context (and <c>kms</c> a profile): <c>ARN[+ROLE]|k:v,k2:v2|PROFILE</c>.</summary>
    /// <exception cref="FormatException">The type is unknown or the identity does not fit it.</exception>
    public static MasterKey Parse(string type, string identity)
    {
        try
        {
            return type switch
            {
                "age" => new AgeMasterKey(identity),
                "pgp" => new OpenPgpMasterKey(identity),
                "kms" => Aws(identity.Split('|')),
                "gcp_kms" => new GcpKmsMasterKey(identity),
                "azure_kv" => AzureKeyVaultMasterKey.Parse(identity),
                "hc_vault" => VaultTransitMasterKey.Parse(identity),
                "hckms" => HuaweiKmsMasterKey.Parse(identity),
                "acs_kms" => Alibaba(identity.Split('|')),
                _ => throw new FormatException($"'{type}' is no type of master key: expected age, pgp, kms, gcp_kms, azure_kv, hc_vault, hckms or acs_kms"),
            };
        }
        catch (ArgumentException mismatch)
        {
            throw new FormatException(mismatch.Message, mismatch);
        }
    }

    private static AwsKmsMasterKey Aws(string[] parts)
    {
        var key = AwsKmsMasterKey.Parse(parts[0]) with { Context = Context(parts), Profile = parts.ElementAtOrDefault(2) ?? "" };
        return parts.Length <= 3 && key.Region.Length > 0 ? key : throw new FormatException($"'{string.Join('|', parts)}' has more than ARN, context and profile");
    }

    private static AlibabaKmsMasterKey Alibaba(string[] parts) =>
        parts.Length <= 2 ? AlibabaKmsMasterKey.Parse(parts[0]) with { Context = Context(parts) } : throw new FormatException($"'{string.Join('|', parts)}' has more than ARN and context");

    private static Dictionary<string, string> Context(string[] parts)
    {
        var context = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (parts.ElementAtOrDefault(1) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !context.TryAdd(pair[..colon], pair[(colon + 1)..]))
            {
                throw new FormatException($"'{pair}' is no pair of an encryption context: expected each NAME:VALUE once, separated by commas");
            }
        }

        return context;
    }
}
