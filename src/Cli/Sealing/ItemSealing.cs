using SecretsOps.SealedSecrets;
using SecretsOps.SealedSecrets.Files;

namespace SecretsOps.Cli.Sealing;

/// <summary>Puts single values into a SealedSecret of a file, sealed for where that object lives.</summary>
internal static class ItemSealing
{
    internal static void Set(SealedSecretDocument document, string key, ReadOnlySpan<byte> value, SealingCertificate certificate)
    {
        var sealedSecret = new SealedSecret(document.Object);
        document.SetEncryptedValue(key, Sealer.SealValue(value, certificate, sealedSecret.Label()));
        NoteKey(document, certificate);
    }

    // The annotation is a hint of every key that may open something in the object.
    private static void NoteKey(SealedSecretDocument document, SealingCertificate certificate)
    {
        if (document.Object.Annotation(SealedSecretAnnotations.SealedWith) is { } noted && !noted.Split(',').Contains(certificate.Fingerprint))
        {
            document.SetAnnotation(SealedSecretAnnotations.SealedWith, $"{certificate.Fingerprint},{noted}");
        }
    }
}
