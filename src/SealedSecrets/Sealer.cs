using System.Text.Json.Nodes;
using SecretsOps.Cryptography.Hybrid;
using SecretsOps.Kubernetes.Objects;

namespace SecretsOps.SealedSecrets;

/// <summary>Makes SealedSecrets.</summary>
public static class Sealer
{
    /// <summary>Seals every value of a Secret for one certificate; fields come in the order Go writes them.</summary>
    /// <remarks>Labels and annotations of the Secret go to the template; the SealedSecret itself gets name, namespace and scope (upstream issue 1625).</remarks>
    public static KubernetesObject Seal(PlainSecret secret, SealingCertificate certificate, SealOptions options)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(options);
        var scope = options.Scope ?? SealingScopes.Of(secret.Metadata);
        var template = TemplateOf(secret, scope, options.Scope is not null);
        var encryptedData = new JsonObject();
        var label = EncryptionLabel.For(scope, secret.Namespace, secret.Name);
        foreach (var (name, value) in secret.Data)
        {
            encryptedData[name] = SealValue(value, certificate, label);
        }

        return new(new JsonObject
        {
            ["kind"] = SealedSecret.Kind,
            ["apiVersion"] = SealedSecret.ApiVersion,
            ["metadata"] = MetadataOf(secret, scope, certificate, options),
            ["spec"] = new JsonObject { ["template"] = template, ["encryptedData"] = encryptedData },
        });
    }

    /// <summary>Seals one value and returns its base64 text.</summary>
    public static string SealValue(ReadOnlySpan<byte> value, SealingCertificate certificate, ReadOnlySpan<byte> label)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Convert.ToBase64String(HybridCipher.Seal(certificate.PublicKey, value, label));
    }

    private static JsonObject TemplateOf(PlainSecret secret, SealingScope scope, bool isScopeGiven)
    {
        var metadata = (JsonObject)secret.Metadata.DeepClone();
        ObjectMetadata.Strip(metadata);
        if (isScopeGiven)
        {
            SealingScopes.Declare(ObjectMetadata.Annotations(metadata), scope);
            ObjectMetadata.RemoveIfEmpty(metadata, "annotations");
            SortAnnotations(metadata);
        }

        var template = new JsonObject { ["metadata"] = metadata };
        if (secret.Type.Length > 0)
        {
            template["type"] = secret.Type;
        }

        if (secret.IsImmutable is { } isImmutable)
        {
            template["immutable"] = isImmutable;
        }

        return template;
    }

    private static JsonObject MetadataOf(PlainSecret secret, SealingScope scope, SealingCertificate certificate, SealOptions options)
    {
        var metadata = new JsonObject { ["name"] = secret.Name };
        if (secret.Namespace.Length > 0)
        {
            metadata["namespace"] = secret.Namespace;
        }

        var annotations = new JsonObject();
        SealingScopes.Declare(annotations, scope);
        if (options.Fingerprint == FingerprintNote.Record)
        {
            annotations[SealedSecretAnnotations.SealedWith] = certificate.Fingerprint;
        }

        if (annotations.Count > 0)
        {
            metadata["annotations"] = annotations;
        }

        return metadata;
    }

    private static void SortAnnotations(JsonObject metadata)
    {
        if (metadata["annotations"] is JsonObject annotations)
        {
            var sorted = annotations.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())).ToArray();
            metadata["annotations"] = new JsonObject(sorted);
        }
    }
}
