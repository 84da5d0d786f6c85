namespace SecretsOps.Cryptography.Age.Ssh;

/// <summary>Reads SSH public keys as recipients.</summary>
public static class SshRecipient
{
    /// <summary>Reads a line of an <c>authorized_keys</c> or <c>.pub</c> file.</summary>
    /// <exception cref="AgeException">The line is malformed or of another key type.</exception>
    public static AgeRecipient Parse(string line)
    {
        var words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var wire = new byte[line.Length];
        if (words.Length < 2 || !Convert.TryFromBase64String(words[1], wire, out var length))
        {
            throw new AgeException(AgeFailure.Header, $"malformed SSH recipient \"{line}\": expected a type and base64");
        }

        var key = SshPublicKey.Parse(wire.AsSpan(..length));
        if (key.Type != words[0])
        {
            throw new AgeException(AgeFailure.Header, $"malformed SSH recipient \"{line}\": the key in it is of type '{key.Type}'");
        }

        return key.Type == SshPublicKey.Ed25519 ? new SshEd25519Recipient(key) : new SshRsaRecipient(key);
    }
}
