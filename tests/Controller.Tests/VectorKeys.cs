using System.Text;
using System.Text.Json.Nodes;

using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;
using SecretsOps.Testing;

namespace SecretsOps.Controller.Tests;

/// <summary>The keys and cases recorded from the real controller (tests/Compatibility.Tests/Data/sealed-secrets).</summary>
internal static class VectorKeys
{
    public static string Root { get; } = RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sealed-secrets");

    /// <summary>A file of the recorded set.</summary>
    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The key Secret of <c>old</c>, <c>new</c> or <c>rsa2048</c>.</summary>
    public static KubernetesObject Secret(string name, string created = "2026-01-01T00:00:00Z")
    {
        var certificate = System.IO.File.ReadAllBytes(File("keys", $"{name}.crt"));
        var privateKey = System.IO.File.ReadAllBytes(File("keys", $"{name}.key"));
        var secret = SealingKeySecret.Create("kube-system", "sealed-secrets-key", certificate, privateKey);
        secret.Metadata.Remove("generateName");
        secret.Name = $"sealed-secrets-key{name}";
        secret.Metadata["creationTimestamp"] = created;
        return secret;
    }

    /// <summary>The keys of those names.</summary>
    public static IEnumerable<SealingKey> Keys(params string[] names) => names.Select(name => SealingKey.FromSecret(Secret(name)));

    /// <summary>The only document of a recorded file.</summary>
    public static KubernetesObject Document(params string[] parts) =>
        ManifestReader.Read(System.IO.File.ReadAllBytes(File(parts)), parts[^1])[0];

    /// <summary>A strict SealedSecret made for this test with the named key.</summary>
    public static KubernetesObject Seal(string key, string @namespace, string name, string data, string metadata = "{}", SealingScope? scope = null)
    {
        var secret = new KubernetesObject(new("", "v1", "Secret"), @namespace, name);
        secret.Json["stringData"] = JsonNode.Parse(data);
        foreach (var (field, value) in (JsonObject)JsonNode.Parse(metadata)!)
        {
            secret.Metadata[field] = value?.DeepClone();
        }

        using var plain = PlainSecret.Read(secret);
        var certificate = SealingCertificate.Parse(System.IO.File.ReadAllBytes(File("keys", $"{key}.crt")));
        return Sealer.Seal(plain, certificate, new SealOptions { Scope = scope });
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
