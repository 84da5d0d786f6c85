using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using SecretsOps.KeyManagement;
using SecretsOps.Kubernetes.Client;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.Sops;

namespace SecretsOps.Controller.Reconcilers;

/// <summary>Decrypts a SopsSecret and makes the Secrets of its <c>spec.secretTemplates</c>.</summary>
/// <remarks>The MAC cannot be checked: the API server adds fields and sorts keys, as isindir's operator found before us. Each value is still authenticated under its own path.</remarks>
internal static class SopsSecretOpener
{
    /// <summary>Says on a Secret that it was made by an operator of SopsSecrets.</summary>
    public const string ManagedAnnotation = "sopssecret/managed";

    private static readonly DecryptOptions InCluster = new() { IgnoresMac = true };

    /// <summary>The Secrets; they hold plaintext.</summary>
    /// <exception cref="SopsException">It does not decrypt.</exception>
    /// <exception cref="FormatException">A template is not of the expected form.</exception>
    public static async Task<IReadOnlyList<KubernetesObject>> OpenAsync(KubernetesObject sopsSecret, IKeyService keys, CancellationToken cancellationToken)
    {
        var file = new JsonObject { ["apiVersion"] = sopsSecret.ApiVersion, ["kind"] = sopsSecret.Kind, ["spec"] = sopsSecret.Json["spec"]?.DeepClone(), ["sops"] = sopsSecret.Json["sops"]?.DeepClone() };
        using var plaintext = await SopsDecryptor.DecryptAsync(Encoding.UTF8.GetBytes(file.ToJsonString()), SopsFormat.Json, keys, InCluster, cancellationToken);
        var templates = JsonNode.Parse(plaintext.Span)?["spec"]?["secretTemplates"] as JsonArray
            ?? throw new FormatException("there is no list 'spec.secretTemplates'");
        return [.. templates.Select(template => Secret(sopsSecret, template as JsonObject ?? throw new FormatException("an entry of 'spec.secretTemplates' is no object")))];
    }

    private static KubernetesObject Secret(KubernetesObject owner, JsonObject template)
    {
        var name = SecretOwner.Text(template, "name");
        if (name.Length == 0)
        {
            throw new FormatException("an entry of 'spec.secretTemplates' has no 'name'");
        }

        var secret = new KubernetesObject(ApiResource.Secrets.Gvk, owner.Namespace, name);
        foreach (var field in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            if (template[field] is JsonObject texts)
            {
                secret.Metadata[field] = texts.DeepClone();
            }
        }

        secret.SetAnnotation(ManagedAnnotation, "true");
        secret.Metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = owner.ApiVersion,
            ["kind"] = owner.Kind,
            ["name"] = owner.Name,
            ["uid"] = owner.Uid,
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        });
        secret.Json["type"] = SecretOwner.Text(template, "type") is { Length: > 0 } type ? type : "Opaque";
        secret.Json["data"] = Data(name, template);
        return secret;
    }

    private static JsonObject Data(string name, JsonObject template)
    {
        var data = new JsonObject();
        foreach (var (key, value) in template["data"] as JsonObject ?? [])
        {
            var text = value?.ToString() ?? "";
            if (!Convert.TryFromBase64String(text, new byte[text.Length], out _))
            {
                throw new FormatException($"template '{name}': 'data.{key}' is not base64; write plain text under 'stringData'");
            }

            data[key] = text;
        }

        foreach (var (key, value) in template["stringData"] as JsonObject ?? [])
        {
            data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value is JsonValue json && json.GetValueKind() == JsonValueKind.String ? json.GetValue<string>() : value?.ToJsonString() ?? ""));
        }

        return data;
    }
}
