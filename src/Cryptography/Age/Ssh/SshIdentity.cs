using System.Security.Cryptography;
using System.Text;

namespace SecretsOps.Cryptography.Age.Ssh;

/// <summary>Reads SSH private keys as identities.</summary>
public static class SshIdentity
{
    private const string OpenSshLabel = "OPENSSH PRIVATE KEY";

    /// <summary>Reads an OpenSSH or PEM private key; an encrypted one asks for its passphrase when a file needs it.</summary>
    /// <param name="pem">The content of the key file.</param>
    /// <param name="askPassphrase">Gives the passphrase, or <c>null</c> when nobody can be asked.</param>
    /// <exception cref="AgeException">The text is malformed or the key of another type.</exception>
    public static AgeIdentity Parse(ReadOnlySpan<byte> pem, Func<SecretBytes?> askPassphrase)
    {
        var text = Encoding.UTF8.GetString(pem);
        if (!text.Contains("-----BEGIN ", StringComparison.Ordinal))
        {
            throw new AgeException(AgeFailure.Header, "malformed SSH identity: no PEM block was found");
        }

        // The PEM of old, with its "Proc-Type" header, is not for PemEncoding.
        if (!PemEncoding.TryFind(text, out var fields) || !text.AsSpan()[fields.Label].SequenceEqual(OpenSshLabel))
        {
            return PemPrivateKey.Parse(text, askPassphrase);
        }

        var content = Convert.FromBase64String(text[fields.Base64Data]);
        return OpenSshPrivateKey.Parse(content, askPassphrase);
    }
}
