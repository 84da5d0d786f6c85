using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.AzureKeyVault;
using SecretsOps.KeyManagement.GcpKms;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.KeyManagement.OpenPgp;
using SecretsOps.KeyManagement.Protobuf;
using SecretsOps.KeyManagement.VaultTransit;

namespace SecretsOps.KeyManagement.Remote;

// The protocol of sops's key service (proto3, no package):
//   Key: oneof kms 1, pgp 2, gcp_kms 3, azure_keyvault 4, vault 5, age 6, hckms 7
//   KmsKey: arn 1, role 2, context map 3, aws_profile 4        PgpKey: fingerprint 1        GcpKmsKey: resource_id 1
//   AzureKeyVaultKey: vault_url 1, name 2, version 3           VaultKey: vault_address 1, engine_path 2, key_name 3
//   AgeKey: recipient 1                                        HckmsKey: key_id 1
//   requests: key 1, plaintext or ciphertext 2                 responses: ciphertext or plaintext 1
// Ours beside it: acs_kms 1000 (AcsKmsKey: arn 1, role 2, context map 3), which other servers do not know.

/// <summary>Writes and reads the messages of the key service protocol.</summary>
internal static class KeyServiceMessages
{
    private const int AlibabaField = 1000;

    public static byte[] Request(MasterKey key, ReadOnlySpan<byte> payload) =>
        new ProtoWriter().Message(1, Encode(key)).Bytes(2, payload).ToArray();

    public static byte[] Response(ReadOnlySpan<byte> payload) => new ProtoWriter().Bytes(1, payload).ToArray();

    /// <summary>The payload of a response; <c>null</c> when it is malformed.</summary>
    public static byte[]? TryReadResponse(ReadOnlySpan<byte> message) => ProtoFields.TryRead(message)?.Bytes(1);

    /// <summary>The key and payload of a request; <c>null</c> when it is malformed or names no key that is known.</summary>
    public static (MasterKey Key, byte[] Payload)? TryReadRequest(ReadOnlySpan<byte> message) =>
        ProtoFields.TryRead(message) is { } request && ProtoFields.TryRead(request.Bytes(1)) is { } key && Decode(key) is { } masterKey
            ? (masterKey, request.Bytes(2))
            : null;

    private static byte[] Encode(MasterKey key)
    {
        var (field, body) = key switch
        {
            AwsKmsMasterKey aws => (1, Pairs(new ProtoWriter().Text(1, aws.Arn).Text(2, aws.Role), aws.Context).Text(4, aws.Profile)),
            OpenPgpMasterKey pgp => (2, new ProtoWriter().Text(1, pgp.Fingerprint)),
            GcpKmsMasterKey gcp => (3, new ProtoWriter().Text(1, gcp.ResourceId)),
            AzureKeyVaultMasterKey azure => (4, new ProtoWriter().Text(1, azure.VaultUrl).Text(2, azure.Name).Text(3, azure.Version)),
            VaultTransitMasterKey vault => (5, new ProtoWriter().Text(1, vault.VaultAddress).Text(2, vault.EnginePath).Text(3, vault.KeyName)),
            AgeMasterKey age => (6, new ProtoWriter().Text(1, age.Recipient)),
            HuaweiKmsMasterKey huawei => (7, new ProtoWriter().Text(1, huawei.KeyId)),
            AlibabaKmsMasterKey alibaba => (AlibabaField, Pairs(new ProtoWriter().Text(1, alibaba.Arn).Text(2, alibaba.Role), alibaba.Context)),
            _ => throw new MasterKeyException(key, "the key service protocol has no message for this type"),
        };
        return new ProtoWriter().Message(field, body.ToArray()).ToArray();
    }

    private static MasterKey? Decode(ProtoFields key)
    {
        int[] known = [1, 2, 3, 4, 5, 6, 7, AlibabaField];
        var field = known.FirstOrDefault(key.Has);
        if (field == 0 || ProtoFields.TryRead(key.Bytes(field)) is not { } body)
        {
            return null;
        }

        return field switch
        {
            1 => new AwsKmsMasterKey(body.Text(1)) { Role = body.Text(2), Context = Pairs(body), Profile = body.Text(4) },
            2 => new OpenPgpMasterKey(body.Text(1)),
            3 => new GcpKmsMasterKey(body.Text(1)),
            4 => new AzureKeyVaultMasterKey(body.Text(1), body.Text(2), body.Text(3)),
            5 => new VaultTransitMasterKey(body.Text(1), body.Text(2), body.Text(3)),
            6 => new AgeMasterKey(body.Text(1)),
            7 => new HuaweiKmsMasterKey(body.Text(1)),
            _ => new AlibabaKmsMasterKey(body.Text(1)) { Role = body.Text(2), Context = Pairs(body) },
        };
    }

    // A map is a repeated message of key 1 and value 2.
    private static ProtoWriter Pairs(ProtoWriter writer, IReadOnlyDictionary<string, string> pairs)
    {
        foreach (var (name, value) in pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Message(3, new ProtoWriter().Text(1, name).Text(2, value).ToArray());
        }

        return writer;
    }

    private static Dictionary<string, string> Pairs(ProtoFields body)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in body.All(3))
        {
            if (ProtoFields.TryRead(entry) is { } pair)
            {
                pairs[pair.Text(1)] = pair.Text(2);
            }
        }

        return pairs;
    }
}
