using Org.BouncyCastle.Bcpg.OpenPgp;

namespace SecretsOps.Cryptography.OpenPgp;

/// <summary>Public and private OpenPGP keys (RFC 9580 and its elders), read from exported keys or key rings.</summary>
public sealed class OpenPgpKeyRing
{
    private readonly List<PgpPublicKeyRing> _publicRings = [];
    private readonly List<PgpSecretKeyRing> _secretRings = [];
    private readonly List<GnuPgKeyFile> _privateKeyFiles = [];

    /// <summary>Whether it holds no key at all.</summary>
    public bool IsEmpty => _publicRings.Count == 0 && _secretRings.Count == 0;

    internal IEnumerable<PgpSecretKeyRing> SecretRings => _secretRings;

    /// <summary>Adds every key in <paramref name="exported"/>: armored (one block or several) or binary, public or private.</summary>
    /// <exception cref="OpenPgpException">The bytes are no OpenPGP keys.</exception>
    public void Add(ReadOnlySpan<byte> exported)
    {
        try
        {
            var before = _publicRings.Count + _secretRings.Count;
            foreach (var block in Blocks(exported.ToArray()))
            {
                AddBlock(block);
            }

            if (_publicRings.Count + _secretRings.Count == before)
            {
                throw new OpenPgpException("the text holds no OpenPGP key");
            }
        }
        catch (Exception failure) when (BouncyCastleFailure.IsRefusal(failure))
        {
            throw new OpenPgpException("the OpenPGP key is malformed", failure);
        }
    }

    /// <summary>Adds the public keys of GnuPG's <c>pubring.kbx</c>.</summary>
    public void AddKeybox(ReadOnlySpan<byte> keybox) => GnuPgKeybox.AddTo(this, keybox);

    /// <summary>Adds a file of GnuPG's <c>private-keys-v1.d</c>; one with a passphrase or on a card is left to GnuPG's agent.</summary>
    public void AddPrivateKeyFile(ReadOnlySpan<byte> content)
    {
        if (GnuPgKeyFile.TryRead(content) is { } file)
        {
            _privateKeyFiles.Add(file);
        }
    }

    /// <summary>The unprotected private key of GnuPG's store for this key id, or <c>null</c>.</summary>
    internal PgpPrivateKey? FindPrivateKeyFile(long keyId) =>
        _publicRings.Select(ring => ring.GetPublicKey(keyId)).FirstOrDefault(key => key is not null) is { } publicKey
            ? _privateKeyFiles.Select(file => file.TryMatch(publicKey)).FirstOrDefault(key => key is not null)
            : null;

    /// <summary>Whether a key or subkey of this fingerprint is there; a trailing <c>!</c> is ignored.</summary>
    public bool Contains(string fingerprint) => FindPublicKeys(OpenPgpFingerprint.Parse(fingerprint)) is not null;

    /// <summary>The key to encrypt to: exactly the named one when the fingerprint ends in <c>!</c>, else the newest usable encryption key of its ring.</summary>
    /// <exception cref="OpenPgpException">No such key is there, or none of the ring's keys may encrypt.</exception>
    internal PgpPublicKey EncryptionKey(string fingerprint, DateTimeOffset now)
    {
        var wanted = OpenPgpFingerprint.Parse(fingerprint);
        var keys = FindPublicKeys(wanted) ?? throw new OpenPgpException($"no public key with fingerprint {fingerprint} is at hand");
        if (wanted.IsExact)
        {
            return keys.First(wanted.Matches);
        }

        return keys.Where(key => OpenPgpKeyUse.MayEncrypt(key, now)).MaxBy(key => (!key.IsMasterKey, key.CreationTime))
            ?? throw new OpenPgpException($"the key {fingerprint} has no valid encryption key: it is expired, revoked or for signing only");
    }

    private List<PgpPublicKey>? FindPublicKeys(OpenPgpFingerprint wanted) =>
        _publicRings.Select(ring => ring.GetPublicKeys().ToList())
            .Concat(_secretRings.Select(ring => ring.GetSecretKeys().Select(key => key.PublicKey).ToList()))
            .FirstOrDefault(keys => keys.Any(wanted.Matches));

    // An armored file may hold several blocks, with text between them.
    private static List<byte[]> Blocks(byte[] exported)
    {
        List<byte[]> blocks = [];
        var begin = "-----BEGIN PGP "u8;
        var rest = exported.AsSpan();
        for (var start = rest.IndexOf(begin); start >= 0; start = rest.IndexOf(begin))
        {
            rest = rest[start..];
            var next = rest[1..].IndexOf(begin);
            blocks.Add(rest[..(next < 0 ? rest.Length : next + 1)].ToArray());
            rest = next < 0 ? [] : rest[(next + 1)..];
        }

        return blocks.Count > 0 ? blocks : [exported];
    }

    private void AddBlock(byte[] block)
    {
        using var decoder = PgpUtilities.GetDecoderStream(new MemoryStream(block));
        var factory = new PgpObjectFactory(decoder);
        for (var item = factory.NextPgpObject(); item is not null; item = factory.NextPgpObject())
        {
            switch (item)
            {
                case PgpSecretKeyRing secret:
                    _secretRings.Add(secret);
                    break;
                case PgpPublicKeyRing publicRing:
                    _publicRings.Add(publicRing);
                    break;
            }
        }
    }
}
