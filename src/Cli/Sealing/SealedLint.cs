using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.Cryptography.Hybrid;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Sealing;

/// <summary>What can be said about sealed files without keys and without a cluster.</summary>
internal sealed class SealedLint(IReadOnlyList<SealingCertificate> certificates, TimeProvider time)
{
    /// <summary>One line per finding: place, object, what is wrong, what to do.</summary>
    internal IEnumerable<string> Check(string path, string shownPath)
    {
        IReadOnlyList<YamlDocument> documents;
        string? unreadable = null;
        try
        {
            documents = ManifestReader.ReadDocuments(TextEncoding.ToUtf8(File.ReadAllBytes(path)), shownPath, DuplicateKeys.LastWins);
        }
        catch (ManifestException broken)
        {
            documents = [];
            unreadable = broken.Message;
        }

        var findings = documents.SelectMany(document => Objects(document.Root).SelectMany(Check).Select(finding => $"{shownPath}:{document.Line}: {finding}"));
        return unreadable is null ? findings : [unreadable];
    }

    // What is in a List is as readable as what is not.
    private static IEnumerable<KubernetesObject> Objects(JsonNode? root) => root switch
    {
        JsonObject list when list["items"] is JsonArray items && list["kind"]?.ToString().EndsWith("List", StringComparison.Ordinal) == true => items.SelectMany(Objects),
        JsonObject single => [new KubernetesObject(single)],
        _ => [],
    };

    private IEnumerable<string> Check(KubernetesObject manifest) => manifest.Kind switch
    {
        "Secret" when HoldsPlaintext(manifest) => [$"{manifest}: a plaintext Secret: seal it with 'secretsops seal' or encrypt it with 'sops encrypt'"],
        SealedSecret.Kind => CheckSealed(new SealedSecret(manifest)),
        _ => [],
    };

    private static bool HoldsPlaintext(KubernetesObject secret) =>
        secret.Json["sops"] is null && (secret.Json["data"] is JsonObject { Count: > 0 } || secret.Json["stringData"] is JsonObject { Count: > 0 });

    private IEnumerable<string> CheckSealed(SealedSecret sealedSecret)
    {
        var findings = new List<string>();
        CheckPlace(sealedSecret, findings);
        foreach (var (name, value) in sealedSecret.EncryptedData)
        {
            CheckValue(name, value, findings);
        }

        if (certificates.Count > 0 && sealedSecret.KeyHints is [_, ..] hints && !certificates.Any(certificate => hints.Contains(certificate.Fingerprint)))
        {
            findings.Add($"sealed with {string.Join(", ", hints)}, not with the given certificate: run 'secretsops reseal'");
        }

        foreach (var certificate in certificates.Where(certificate => certificate.IsExpired(time.GetUtcNow())))
        {
            findings.Add($"the given certificate {certificate.Fingerprint} expired on {certificate.NotAfter:yyyy-MM-dd}");
        }

        return findings.Select(finding => $"{sealedSecret}: {finding}");
    }

    private static void CheckPlace(SealedSecret sealedSecret, List<string> findings)
    {
        if (sealedSecret.Name.Length == 0)
        {
            findings.Add("it has no name");
        }

        if (sealedSecret.Namespace.Length == 0 && sealedSecret.Scope != SealingScope.ClusterWide)
        {
            findings.Add($"it has no namespace, but {SealingScopes.NameOf(sealedSecret.Scope)} scope binds it to one: write metadata.namespace");
        }

        var template = sealedSecret.Template?["metadata"] as JsonObject;
        CheckSame(template, "name", sealedSecret.Name, sealedSecret.Scope == SealingScope.Strict, findings);
        CheckSame(template, "namespace", sealedSecret.Namespace, sealedSecret.Scope != SealingScope.ClusterWide, findings);
        if (template is not null && SealingScopes.Of(template) != sealedSecret.Scope)
        {
            findings.Add($"metadata declares {SealingScopes.NameOf(sealedSecret.Scope)} scope, the template {SealingScopes.NameOf(SealingScopes.Of(template))}: the scope annotation was probably edited after sealing");
        }
    }

    private static void CheckSame(JsonObject? template, string field, string value, bool isBound, List<string> findings)
    {
        if (isBound && template?[field]?.ToString() is { Length: > 0 } sealedAs && sealedAs != value)
        {
            findings.Add($"the template's {field} is '{sealedAs}', the object's '{value}': it was probably changed after sealing and will not open");
        }
    }

    private void CheckValue(string name, string value, List<string> findings)
    {
        if (!SealedBase64.TryDecode(Encoding.UTF8.GetBytes(value), out var envelope, out var offset))
        {
            findings.Add($"'{name}' is not sealed: {SealedBase64.ErrorAt(offset)}");
        }
        else if (HybridCipher.BlockLengthOf(envelope) is not { } blockLength || blockLength < 128)
        {
            findings.Add($"'{name}' is cut off or not sealed: {envelope.Length} bytes");
        }
        else if (certificates.Count > 0 && certificates.All(certificate => certificate.PublicKey.BlockLength != blockLength))
        {
            findings.Add($"'{name}' was sealed for an RSA-{blockLength * 8} key, which the given certificate is not");
        }
    }
}
