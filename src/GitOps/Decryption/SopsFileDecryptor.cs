using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement;
using SecretsOps.Sops;

namespace SecretsOps.GitOps.Decryption;

/// <summary>Opens whole SOPS files of every format; the MAC is always verified.</summary>
internal sealed class SopsFileDecryptor(IKeyService keys) : IFileDecryptor
{
    private static readonly DecryptOptions Options = new();

    public async Task<SecretBytes?> TryDecryptAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var format = SopsFormats.ForPath(path);
        if (!MayBeEncrypted(content.Span) || !SopsFile.IsEncrypted(content, format) || IsOpenedInCluster(content.Span) || IsDisabled(content.Span))
        {
            return null;
        }

        try
        {
            return await SopsDecryptor.DecryptAsync(content, format, keys, Options, cancellationToken);
        }
        catch (SopsException exception)
        {
            throw new DecryptionException(path, exception.Message, Remedy(exception.Code), exception);
        }
        catch (MasterKeyException exception)
        {
            throw new DecryptionException(path, exception.Message, Remedy(SopsExitCode.CannotGetDataKey), exception);
        }
    }

    // Most files are plain and need no parsing to know it: a SOPS file names itself and its MAC.
    private static bool MayBeEncrypted(ReadOnlySpan<byte> content) => content.IndexOf("sops"u8) >= 0 && content.IndexOf("mac"u8) >= 0;

    private static bool IsOpenedInCluster(ReadOnlySpan<byte> content) => content.IndexOf("kind: SopsSecret"u8) >= 0 || content.IndexOf("\"kind\": \"SopsSecret\""u8) >= 0;

    /// <summary>Whether the line of Flux's annotation <c>kustomize.toolkit.fluxcd.io/decrypt</c> says <c>disabled</c>, in any case of letters.</summary>
    private static bool IsDisabled(ReadOnlySpan<byte> content)
    {
        var at = content.IndexOf("kustomize.toolkit.fluxcd.io/decrypt"u8);
        if (at < 0)
        {
            return false;
        }

        var end = content[at..].IndexOf((byte)'\n');
        return Encoding.UTF8.GetString(end < 0 ? content[at..] : content.Slice(at, end)).Contains("disabled", StringComparison.OrdinalIgnoreCase);
    }

    private static string Remedy(SopsExitCode code) => code switch
    {
        SopsExitCode.MacMismatch => "the file was changed after it was encrypted: restore it, or edit it with sops and commit again",
        SopsExitCode.CannotGetDataKey => "add the key to a Secret labelled secretsops.io/decryption-key=active in the controller's namespace, or encrypt the file for a key that is there",
        _ => "check the file with 'sops decrypt'",
    };
}
