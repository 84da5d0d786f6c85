using System.Text.Json.Nodes;
using SecretsOps.Templating;
using SecretsOps.Templating.Values;

namespace SecretsOps.SealedSecrets;

/// <summary>Makes the Secret from the opened values and <c>spec.template</c> (reference sections 2.3 and 2.4).</summary>
public static class SecretTemplate
{
    /// <summary>The Secret as it should be in the cluster, with its owner reference; the caller disposes it.</summary>
    /// <exception cref="SecretTemplateException">An entry of <c>spec.template.data</c> does not parse or fails.</exception>
    /// <exception cref="SecretFormatException">The template's metadata has a field of the wrong type.</exception>
    public static PlainSecret Build(SealedSecret sealedSecret, UnsealResult unsealed)
    {
        ArgumentNullException.ThrowIfNull(sealedSecret);
        ArgumentNullException.ThrowIfNull(unsealed);
        var secret = Frame(sealedSecret, unsealed);
        try
        {
            foreach (var item in unsealed.Items)
            {
                secret.Set(item.Name, item.Value.Span.ToArray());
            }

            if (unsealed.DeprecatedSecret is null && sealedSecret.Template?["data"] is JsonObject { Count: > 0 } entries)
            {
                Render(entries, secret);
            }

            return secret;
        }
        catch
        {
            secret.Dispose();
            throw;
        }
    }

    private static PlainSecret Frame(SealedSecret sealedSecret, UnsealResult unsealed)
    {
        var source = unsealed.DeprecatedSecret?.Json ?? sealedSecret.Template;
        var metadata = ObjectMetadata.Canonical(source?["metadata"] as JsonObject, "SecretTemplateSpec");
        metadata.Remove("namespace");
        metadata.Remove("name");
        if (sealedSecret.Namespace.Length > 0)
        {
            metadata.Insert(0, "namespace", sealedSecret.Namespace);
        }

        metadata.Insert(0, "name", sealedSecret.Name);
        if (!SealingScopes.IsTrue(metadata["annotations"] as JsonObject, SealedSecretAnnotations.SkipSetOwnerReferences))
        {
            SetOwner(metadata, sealedSecret);
        }

        return new PlainSecret(metadata)
        {
            Type = GoValue.Text(source?["type"], "SecretTemplateSpec.type") ?? "",
            IsImmutable = GoValue.Flag(source?["immutable"], "SecretTemplateSpec.immutable"),
        };
    }

    private static void SetOwner(JsonObject metadata, SealedSecret sealedSecret)
    {
        metadata.Remove("ownerReferences");
        var index = metadata.IndexOf("finalizers") is var finalizers and >= 0 ? finalizers : metadata.IndexOf("managedFields");
        metadata.Insert(index < 0 ? metadata.Count : index, "ownerReferences", new JsonArray(new JsonObject
        {
            ["apiVersion"] = SealedSecret.ApiVersion,
            ["kind"] = SealedSecret.Kind,
            ["name"] = sealedSecret.Name,
            ["uid"] = sealedSecret.Object.Uid,
            ["controller"] = true,
        }));
    }

    // Compatibility: plaintext entries are visible to their siblings unrendered, and a decrypted value wins over both (since 0.37);
    // null takes a key out of the Secret but not out of the templates (since 0.39).
    private static void Render(JsonObject entries, PlainSecret secret)
    {
        var context = GoMap.OfBytes(secret.Data);
        foreach (var (name, entry) in entries)
        {
            if (entry is not null && !secret.Data.ContainsKey(name))
            {
                context[ByteText.FromText(name)] = ByteText.FromText(TextOf(name, entry));
            }
        }

        var sealedNames = secret.Data.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var (name, entry) in entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (entry is null)
            {
                secret.Remove(name);
            }
            else if (Render(name, TextOf(name, entry), context) is var rendered && !sealedNames.Contains(name))
            {
                secret.Set(name, rendered);
            }
        }
    }

    private static byte[] Render(string name, string text, GoMap context)
    {
        try
        {
            return Template.Parse(name, text, TemplateOptions.Default).Execute(context);
        }
        catch (TemplateException failure)
        {
            throw new SecretTemplateException(failure.Message, failure);
        }
    }

    private static string TextOf(string name, JsonNode entry) => GoValue.Text(entry, $"SecretTemplateSpec.data.{name}")!;
}
