using SecretsOps.SealedSecrets;
using SecretsOps.SealedSecrets.Files;

namespace SecretsOps.Cli.Sealing;

/// <summary>Re-encrypts files in place; a file that fails is left as it was and the others go on.</summary>
internal sealed class ResealVerb(KeyRing keys, SealingCertificate certificate, CliEnvironment environment, bool isDryRun)
{
    internal int Run(IReadOnlyList<(string Path, string Relative)> files, CancellationToken cancellationToken)
    {
        var failures = 0;
        var (changedItems, changedFiles) = (0, 0);
        using (var progress = new Progress(environment, "resealing", files.Count))
        {
            foreach (var (path, relative) in files)
            {
                var (changed, hasFailed) = ResealFile(path, relative, cancellationToken);
                changedItems += changed;
                changedFiles += changed > 0 ? 1 : 0;
                failures += hasFailed ? 1 : 0;
                progress.Step();
            }
        }

        environment.PrintError($"{(isDryRun ? "would reseal" : "resealed")} {changedItems} value{(changedItems == 1 ? "" : "s")} in {changedFiles} of {files.Count} file{(files.Count == 1 ? "" : "s")}\n");
        return failures == 0
            ? (int)CliExitCode.Success
            : throw new CliException($"{failures} file{(failures == 1 ? "" : "s")} could not be resealed and {(failures == 1 ? "is" : "are")} unchanged", "the lines above say which and why");
    }

    private (int Changed, bool HasFailed) ResealFile(string path, string relative, CancellationToken cancellationToken)
    {
        try
        {
            var file = SealedFile.TryRead(path, environment);
            var changed = file.Content.Documents.Sum(document => ResealDocument(document, cancellationToken));
            if (changed > 0 && !isDryRun)
            {
                file.Save();
            }

            if (changed > 0)
            {
                environment.PrintError($"{relative}: {changed} value{(changed == 1 ? "" : "s")}\n");
            }

            return (changed, false);
        }
        catch (Exception failure) when (failure is CliException or Kubernetes.Objects.ManifestException or IOException)
        {
            environment.PrintError($"{relative}: {failure.Message}\n");
            return (0, true);
        }
    }

    private int ResealDocument(SealedSecretDocument document, CancellationToken cancellationToken)
    {
        var sealedSecret = new SealedSecret(document.Object);
        var result = Reencryptor.Reencrypt(sealedSecret, keys, certificate, cancellationToken);
        if (!result.IsSuccess)
        {
            using var unsealed = Opening.Open(sealedSecret, keys, cancellationToken); // throws, and says why
        }

        foreach (var (name, value) in result.Changed)
        {
            document.SetEncryptedValue(name, value);
        }

        if (result.Changed.Count > 0 && document.Object.Annotation(SealedSecretAnnotations.SealedWith) is not null)
        {
            document.SetAnnotation(SealedSecretAnnotations.SealedWith, certificate.Fingerprint);
        }

        return result.Changed.Count;
    }
}
