using System.Text;
using SecretsOps.SealedSecrets;
using SecretsOps.SealedSecrets.Files;

namespace SecretsOps.Cli.Kubeseal;

/// <summary><c>--merge-into</c>: seals the input under the target file's name and namespace and puts the items into the file.</summary>
/// <remarks>Compatibility: upstream rewrites the file as JSON unless told otherwise and loses comments; here a YAML file stays itself, and the write is atomic.</remarks>
internal static class MergeIntoMode
{
    internal static void Run(KubesealSession session, SealingCertificate certificate)
    {
        var path = session.Environment.PathOf(session.Flags.MergeInto);
        var file = SealedSecretFile.Parse(TextEncoding.ToUtf8(session.ReadFile(session.Flags.MergeInto)), session.Flags.MergeInto);
        if (file.Documents is not [var target, ..])
        {
            throw new KubesealException($"no sealed secret found in '{session.Flags.MergeInto}'");
        }

        foreach (var secret in SealMode.ReadSecrets(session))
        {
            using (secret)
            {
                Merge(session, target, secret, certificate);
            }
        }

        AtomicFile.Write(path, Encoding.UTF8.GetBytes(file.ToText()));
    }

    private static void Merge(KubesealSession session, SealedSecretDocument target, PlainSecret secret, SealingCertificate certificate)
    {
        var existing = new SealedSecret(target.Object);
        if (secret.Data.Count == 0 && !session.Flags.AllowsEmptyData)
        {
            throw new KubesealException("secret.data is empty in input Secret, assuming this is an error and aborting. To work with empty data, --allow-empty-data can be used");
        }

        // The scope is the target's: values of two scopes in one object would never open together.
        var label = existing.Label();
        foreach (var (name, value) in secret.Data)
        {
            target.SetEncryptedValue(name, Sealer.SealValue(value, certificate, label));
        }

        foreach (var map in (ReadOnlySpan<string>)["annotations", "labels"])
        {
            target.MergeTemplateTexts(map, secret.Metadata);
        }
    }
}
