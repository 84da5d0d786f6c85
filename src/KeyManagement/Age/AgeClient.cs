using System.Text;
using SecretsOps.Cryptography;
using SecretsOps.Cryptography.Age;
using SecretsOps.KeyManagement.Age.Plugins;

namespace SecretsOps.KeyManagement.Age;

/// <summary>Wraps to age recipients and unwraps with the identities of all sources; the wrapped key is one armored age file.</summary>
internal sealed class AgeClient(AgeCredentials credentials) : KeyClient<AgeMasterKey>
{
    protected override Task<string> WrapAsync(AgeMasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        try
        {
            var recipient = AgeRecipient.IsPluginText(key.Recipient)
                ? new AgePluginRecipient(key.Recipient, credentials.Environment)
                : AgeRecipient.Parse(key.Recipient);
            return Task.FromResult(Encoding.ASCII.GetString(AgeFile.Encrypt(dataKey.Span, [recipient], AgeEncoding.Armored)));
        }
        catch (AgeException refused)
        {
            throw new MasterKeyException(key, refused.Message, "check the recipient's text", refused);
        }
    }

    protected override async Task<SecretBytes> UnwrapAsync(AgeMasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        var found = await AgeIdentitySearch.RunAsync(credentials.Sources, key.Recipient, cancellationToken).ConfigureAwait(false);
        if (found.Identities.Count == 0)
        {
            throw new MasterKeyException(key, $"failed to load age identities.{found.Explanation}", "set SOPS_AGE_KEY_FILE to the file with the identity");
        }

        try
        {
            return AgeFile.Decrypt(Encoding.UTF8.GetBytes(wrappedKey), found.Identities);
        }
        catch (AgeException refused)
        {
            var reason = $"failed to create reader for decrypting sops data key with age: {refused.Message}.{found.Explanation}";
            throw new MasterKeyException(key, reason, innerException: refused);
        }
    }
}
