using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography.Age;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.Cli.Sealing;

/// <summary>A backup of sealing keys: a List of key Secrets in YAML, encrypted with age, armored. <c>age -d</c> opens it too.</summary>
internal static class KeyBackup
{
    private static readonly string[] ServerFields = ["uid", "resourceVersion", "creationTimestamp", "managedFields", "selfLink", "generation", "ownerReferences"];

    internal static byte[] Encrypt(IReadOnlyList<KubernetesObject> secrets, IReadOnlyList<AgeRecipient> recipients)
    {
        var list = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. secrets.Select(secret => Portable(secret).Json)]) };
        var clear = YamlText.FromJson(list);
        try
        {
            return AgeFile.Encrypt(clear, recipients, AgeEncoding.Armored);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    /// <summary>Reads a backup; a List in the clear will do too.</summary>
    /// <exception cref="CliException">It is encrypted and no identity was given, or it holds no key.</exception>
    internal static IReadOnlyList<KubernetesObject> Read(byte[] backup, string source, IReadOnlyList<AgeIdentity> identities)
    {
        if (!AgeIdentities.IsAgeFile(backup))
        {
            return ReadList(backup, source);
        }

        if (identities.Count == 0)
        {
            throw new CliException($"'{source}' is encrypted with age", "name the identity file with --identity");
        }

        using var clear = AgeFile.Decrypt(backup, identities);
        return ReadList(clear.Memory, source);
    }

    private static KubernetesObject[] ReadList(ReadOnlyMemory<byte> yaml, string source)
    {
        var secrets = ManifestReader.Read(yaml, source, new ManifestReadOptions { ExpandLists = true }).Where(secret => secret.Kind == "Secret").Select(Portable).ToArray();
        return secrets.Length > 0 ? secrets : throw new CliException($"'{source}' holds no key Secret");
    }

    private static KubernetesObject Portable(KubernetesObject secret)
    {
        var copy = secret.DeepClone();
        foreach (var field in ServerFields)
        {
            copy.Metadata.Remove(field);
        }

        return copy;
    }
}
