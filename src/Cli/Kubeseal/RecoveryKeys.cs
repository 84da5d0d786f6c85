using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography.Hybrid;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Kubeseal;

/// <summary>Reads private keys for recovery: PEM files, key Secrets, and Lists of key Secrets in YAML or JSON.</summary>
internal static class RecoveryKeys
{
    internal static KeyRing Read(IReadOnlyList<string> paths, Func<string, byte[]> readFile)
    {
        var keys = new List<SealingKey>();
        foreach (var path in paths)
        {
            var bytes = readFile(path);
            keys.AddRange(ReadFile(path, bytes));
            CryptographicOperations.ZeroMemory(bytes);
        }

        return new KeyRing(keys);
    }

    private static List<SealingKey> ReadFile(string path, byte[] bytes)
    {
        var text = bytes.AsSpan().TrimStart(" \t\r\n"u8);
        if (text.StartsWith("-----BEGIN"u8))
        {
            return [FromPem(path, bytes)];
        }

        var secrets = KubesealSession.Documents(bytes).Select(document => document.Root).OfType<JsonObject>()
            .SelectMany(json => json["items"] is JsonArray items ? items.OfType<JsonObject>() : [json]);
        return [.. secrets.Select(json => FromSecret(new KubernetesObject(json)))];
    }

    private static SealingKey FromPem(string path, byte[] pem)
    {
        try
        {
            return SealingKey.WithoutCertificate(new NamespacedName("", path), SealingPrivateKey.FromPem(pem));
        }
        catch (CryptographicException broken)
        {
            throw new KubesealException($"{path}: {broken.Message}", broken);
        }
    }

    private static SealingKey FromSecret(KubernetesObject secret)
    {
        if (secret.Find("data", "tls.key") is null)
        {
            throw new KubesealException("secret must contain a 'tls.data' key"); // Compatibility: upstream names the wrong key.
        }

        try
        {
            return SealingKey.ForRecovery(secret);
        }
        catch (SealingKeyException broken)
        {
            throw new KubesealException(broken.Message, broken);
        }
    }
}
