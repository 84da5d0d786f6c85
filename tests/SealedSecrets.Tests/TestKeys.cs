using System.Text;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Testing;

namespace SecretsOps.SealedSecrets.Tests;

/// <summary>Keys of 2048 bits: as good as large ones for tests, and quick.</summary>
internal static class TestKeys
{
    private static readonly Lazy<KubernetesObject> Old = new(() => Make("old"));
    private static readonly Lazy<KubernetesObject> New = new(() => Make("new"));

    public static KubernetesObject OldSecret => Old.Value.DeepClone();

    public static KubernetesObject NewSecret => New.Value.DeepClone();

    public static string Vectors { get; } = RepositoryRoot.Combine("tests", "Compatibility.Tests", "Data", "sealed-secrets");

    public static SealedSecret Seal(SealingCertificate certificate, string yaml, SealingScope? scope = null)
    {
        using var secret = PlainSecret.Read(Parse(yaml));
        return new SealedSecret(Sealer.Seal(secret, certificate, new SealOptions { Scope = scope }));
    }

    public static KubernetesObject Parse(string yaml) =>
        new((System.Text.Json.Nodes.JsonObject)YamlText.ToJson(Encoding.UTF8.GetBytes(yaml), "test")[0].Root!);

    private static KubernetesObject Make(string name)
    {
        using var generated = GeneratedSealingKey.Create(new SealingKeyRequest { KeySize = 2048 }, TimeProvider.System);
        var secret = SealingKeySecret.Create("kube-system", "sealed-secrets-key", generated.CertificatePem.Span, generated.PrivateKeyPem.Span);
        secret.Name = name;
        return secret;
    }
}
