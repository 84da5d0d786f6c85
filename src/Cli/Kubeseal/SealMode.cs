using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Kubeseal;

/// <summary>Seals every Secret of the input: what kubeseal does when no other mode is asked for.</summary>
internal static class SealMode
{
    internal static void Run(KubesealSession session, SealingCertificate certificate)
    {
        foreach (var secret in ReadSecrets(session))
        {
            using (secret)
            {
                session.Add(Seal(session, secret, certificate));
            }
        }

        session.Flush();
    }

    /// <summary>Reads the Secrets of the input; their kind is not looked at.</summary>
    /// <exception cref="KubesealException">There are none.</exception>
    internal static IReadOnlyList<PlainSecret> ReadSecrets(KubesealSession session)
    {
        var input = session.ReadInput();
        var isJson = input.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
        var secrets = KubesealSession.Documents(input).Select(document => Read(document.Root!, isJson)).ToList();
        return secrets.Count > 0 ? secrets : throw new KubesealException("no secrets found. Ensure the input is valid and UTF-8 encoded");
    }

    internal static KubernetesObject Seal(KubesealSession session, PlainSecret secret, SealingCertificate certificate)
    {
        Prepare(session, secret);
        // A scope that was asked for wins, strict too: upstream leaves a wider annotation of the input in place (defect D13).
        return Sealer.Seal(secret, certificate, new SealOptions { Scope = session.Flags.GivenScope });
    }

    private static PlainSecret Read(JsonNode document, bool isJson)
    {
        try
        {
            return document is JsonObject json
                ? PlainSecret.Read(new KubernetesObject(json))
                : throw new SecretFormatException($"json: cannot unmarshal {KindOf(document)} into Go value of type v1.Secret");
        }
        catch (SecretFormatException mismatch) when (!isJson)
        {
            throw new KubesealException($"error unmarshaling JSON: while decoding JSON: {mismatch.Message}", mismatch);
        }
    }

    private static void Prepare(KubesealSession session, PlainSecret secret)
    {
        var flags = session.Flags;
        if (secret.Data.Count == 0 && !flags.AllowsEmptyData)
        {
            throw new KubesealException("secret.data is empty in input Secret, assuming this is an error and aborting. To work with empty data, --allow-empty-data can be used");
        }

        if (flags.Name.Length > 0)
        {
            SetFirst(secret.Metadata, "name", flags.Name, 0);
        }

        if (secret.Name.Length == 0)
        {
            throw new KubesealException("missing metadata.name in input Secret");
        }

        var given = session.GivenNamespace();
        if (given.Length > 0 && secret.Namespace.Length > 0 && given != secret.Namespace)
        {
            throw new KubesealException($"namespace mismatch: input secret is in namespace \"{secret.Namespace}\" but \"{given}\" was specified");
        }

        if (secret.Namespace.Length == 0)
        {
            SetNamespace(session, secret, given);
        }
    }

    private static void SetNamespace(KubesealSession session, PlainSecret secret, string given)
    {
        var isClusterWide = (session.Flags.GivenScope ?? SealingScopes.Of(secret.Metadata)) == SealingScope.ClusterWide;
        var @namespace = given.Length > 0 || isClusterWide ? given : session.DefaultNamespace();
        if (@namespace.Length > 0)
        {
            var index = secret.Metadata.ContainsKey("generateName") ? 2 : 1;
            SetFirst(secret.Metadata, "namespace", @namespace, index);
        }
        else if (!isClusterWide)
        {
            throw new KubesealException("secret must declare a namespace");
        }
    }

    // Go writes ObjectMeta's fields in a fixed order.
    private static void SetFirst(JsonObject metadata, string field, string value, int index)
    {
        metadata.Remove(field);
        metadata.Insert(index, field, value);
    }

    private static string KindOf(JsonNode node) => node.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.Array => "array",
        System.Text.Json.JsonValueKind.String => "string",
        System.Text.Json.JsonValueKind.Number => "number",
        _ => "bool",
    };
}
