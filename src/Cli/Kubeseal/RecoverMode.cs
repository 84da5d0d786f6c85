using System.Text.Json.Nodes;
using SecretsOps.Kubernetes.Objects;
using SecretsOps.SealedSecrets;

namespace SecretsOps.Cli.Kubeseal;

/// <summary><c>--recovery-unseal</c>: opens the first document with private keys from files and prints the Secret, without a cluster.</summary>
internal static class RecoverMode
{
    internal static void Run(KubesealSession session)
    {
        var sealedSecret = new SealedSecret(ReadSealedSecret(session));
        var keys = RecoveryKeys.Read(session.Flags.RecoveryPrivateKeys, session.ReadFile);
        var options = new UnsealOptions { DeprecatedData = DeprecatedData.Refuse, Parallelism = System.Environment.ProcessorCount };
        using var unsealed = Unsealer.Unseal(sealedSecret, keys, options, CancellationToken.None);
        if (!unsealed.IsSuccess)
        {
            throw new KubesealException(unsealed.Message);
        }

        using var secret = SecretTemplate.Build(sealedSecret, unsealed);
        session.Add(WithNullForEmpty(WithDeclaredOwner(secret.ToObject(), sealedSecret)));
        session.Flush();
    }

    private static KubernetesObject ReadSealedSecret(KubesealSession session)
    {
        var document = KubesealSession.Documents(session.ReadInput()).FirstOrDefault();
        return document?.Root is JsonObject json ? new KubernetesObject(json) : throw new KubesealException("no sealed secret found. Ensure the input is valid and UTF-8 encoded");
    }

    // Compatibility: the owner's apiVersion and kind are what the input says, even nothing.
    private static KubernetesObject WithDeclaredOwner(KubernetesObject secret, SealedSecret sealedSecret)
    {
        if (secret.Metadata["ownerReferences"] is JsonArray { Count: 1 } owners && owners[0] is JsonObject owner && owner["uid"]?.ToString() == sealedSecret.Object.Uid)
        {
            owner["apiVersion"] = sealedSecret.Object.ApiVersion;
            owner["kind"] = sealedSecret.Object.Kind;
        }

        return secret;
    }

    // Compatibility: upstream's decryption of an empty value gives Go's nil, which prints as null.
    private static KubernetesObject WithNullForEmpty(KubernetesObject secret)
    {
        if (secret.Json["data"] is JsonObject data)
        {
            foreach (var name in data.Where(entry => entry.Value?.ToString().Length == 0).Select(entry => entry.Key).ToArray())
            {
                data[name] = null;
            }
        }

        return secret;
    }
}
