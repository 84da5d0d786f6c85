namespace SecretsOps.Cryptography.Age.Ssh;

/// <summary>An encrypted SSH key: asks for its passphrase once, and only when a file names the key.</summary>
internal sealed class LockedSshIdentity(SshPublicKey? publicKey, Func<AgeIdentity?> unlock) : AgeIdentity
{
    private readonly Lock _gate = new();
    private AgeIdentity? _identity;

    public override SecretBytes? TryUnwrap(IReadOnlyList<Stanza> stanzas)
    {
        if (!stanzas.Any(IsForThisKey))
        {
            return null;
        }

        lock (_gate)
        {
            _identity ??= unlock();
        }

        return _identity is null
            ? throw new AgeException(AgeFailure.NoMatch, "the SSH key is encrypted and nobody can be asked for its passphrase")
            : _identity.TryUnwrap(stanzas);
    }

    // An encrypted PEM file shows no public key: any SSH stanza may be for it.
    private bool IsForThisKey(Stanza stanza) =>
        publicKey is null
            ? stanza.Type is SshPublicKey.Ed25519 or SshPublicKey.Rsa
            : stanza.Type == publicKey.Type && stanza.Arguments is [var tag, ..] && tag == publicKey.Tag;
}
