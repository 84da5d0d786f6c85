using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.Cryptography.OpenPgp;

namespace SecretsOps.KeyManagement.OpenPgp;

/// <summary>Wraps and unwraps in this process where the key can be read, and through gpg where it cannot.</summary>
internal sealed class OpenPgpClient(OpenPgpCredentials credentials) : KeyClient<OpenPgpMasterKey>
{
    private readonly GpgProgram _gpg = new(credentials);

    protected override async Task<string> WrapAsync(OpenPgpMasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        string reason;
        try
        {
            return OpenPgpMessage.Encrypt(dataKey.Span, key.Fingerprint, credentials.Keys.Value, credentials.Environment.Clock.GetUtcNow());
        }
        catch (OpenPgpException refused)
        {
            reason = refused.Message;
        }

        try
        {
            return await _gpg.EncryptAsync(key.Fingerprint, dataKey, cancellationToken).ConfigureAwait(false);
        }
        catch (OpenPgpProgramException refused)
        {
            throw new MasterKeyException(key, $"could not encrypt data key with PGP key: OpenPGP error: {reason}; GnuPG binary error: {refused.Message}", "import its public key with 'gpg --import'", refused);
        }
    }

    protected override async Task<SecretBytes> UnwrapAsync(OpenPgpMasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        string reason;
        try
        {
            return OpenPgpMessage.Decrypt(Encoding.UTF8.GetBytes(wrappedKey), credentials.Keys.Value, credentials.Passphrase);
        }
        catch (OpenPgpException refused)
        {
            reason = refused.Message;
        }

        try
        {
            return await _gpg.DecryptAsync(wrappedKey, cancellationToken).ConfigureAwait(false);
        }
        catch (OpenPgpProgramException refused)
        {
            throw new MasterKeyException(key, $"could not decrypt data key with PGP key: OpenPGP error: {reason}; GnuPG binary error: failed to decrypt sops data key with pgp: {refused.Message}", innerException: refused);
        }
    }
}
