using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets;

/// <summary>Seals the values of a SealedSecret again for a newer key and leaves everything else as it is (defects D1 and D2 are not copied).</summary>
public static class Reencryptor
{
    /// <summary>Re-encrypts what is not yet sealed for <paramref name="certificate"/>; values already sealed with it keep their bytes.</summary>
    /// <remarks>Scope comes from the object's own metadata only: a template cannot widen it. Templates are neither rendered nor looked at.</remarks>
    public static ReencryptionResult Reencrypt(SealedSecret sealedSecret, KeyRing keys, SealingCertificate certificate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sealedSecret);
        ArgumentNullException.ThrowIfNull(certificate);
        var options = new UnsealOptions { Parallelism = Environment.ProcessorCount };
        using var unsealed = Unsealer.Unseal(sealedSecret, keys, options, cancellationToken);
        if (!unsealed.IsSuccess)
        {
            return new ReencryptionResult { Object = sealedSecret.Object, Failures = unsealed.Failures, Message = unsealed.Message };
        }

        var changed = Seal(sealedSecret, unsealed, certificate);
        return new ReencryptionResult
        {
            Object = Rebuild(sealedSecret, unsealed, changed, certificate),
            Changed = changed,
            UnchangedCount = unsealed.Items.Count - changed.Count,
        };
    }

    private static SortedDictionary<string, string> Seal(SealedSecret sealedSecret, UnsealResult unsealed, SealingCertificate certificate)
    {
        var changed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var label = sealedSecret.Label();
        foreach (var item in unsealed.Items)
        {
            if (unsealed.DeprecatedSecret is not null || item.KeyFingerprint != certificate.Fingerprint)
            {
                changed[item.Name] = Sealer.SealValue(item.Value.Span, certificate, label);
            }
        }

        return changed;
    }

    private static KubernetesObject Rebuild(SealedSecret sealedSecret, UnsealResult unsealed, SortedDictionary<string, string> changed, SealingCertificate certificate)
    {
        var result = sealedSecret.Object.DeepClone();
        if (unsealed.DeprecatedSecret is { } deprecated)
        {
            ReplaceDeprecated(result, deprecated);
        }

        var encryptedData = result.Find("spec", "encryptedData") as JsonObject;
        foreach (var (name, value) in changed)
        {
            encryptedData![name] = value;
        }

        if (changed.Count > 0 && result.Annotation(SealedSecretAnnotations.SealedWith) is not null)
        {
            result.SetAnnotation(SealedSecretAnnotations.SealedWith, certificate.Fingerprint);
        }

        return result;
    }

    // The blob held metadata and type as well: they become the template, as kubeseal would write it today.
    private static void ReplaceDeprecated(KubernetesObject result, KubernetesObject deprecated)
    {
        var spec = (JsonObject)result.Json["spec"]!;
        spec.Remove("data");
        var metadata = ObjectMetadata.Canonical(deprecated.Json["metadata"] as JsonObject, "Secret");
        ObjectMetadata.Strip(metadata);
        var template = new JsonObject { ["metadata"] = metadata };
        if (deprecated.Json["type"] is { } type)
        {
            template["type"] = type.DeepClone();
        }

        spec["template"] = template;
        spec["encryptedData"] = new JsonObject();
    }
}
