using System.Security.Cryptography;
using SecretsOps.Cryptography.Hybrid;

namespace SecretsOps.SealedSecrets;

/// <summary>The certificate that values are sealed with: an RSA public key and the time it should be used.</summary>
/// <remarks>Nothing checks its chain or its usages, here as upstream; only the key and, when sealing, the expiry matter.</remarks>
public sealed class SealingCertificate
{
    private SealingCertificate(byte[] pem, SealingPublicKey publicKey, CertificateFields fields)
    {
        Pem = pem;
        PublicKey = publicKey;
        NotBefore = fields.NotBefore;
        NotAfter = fields.NotAfter;
    }

    /// <summary>The PEM text as it was read.</summary>
    public ReadOnlyMemory<byte> Pem { get; }

    /// <summary>The key to seal with.</summary>
    public SealingPublicKey PublicKey { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>The key's fingerprint, <c>SHA256:…</c>.</summary>
    public string Fingerprint => PublicKey.Fingerprint;

    /// <summary>Reads the first certificate of a PEM text.</summary>
    /// <exception cref="SealingCertificateException">There is none, it is damaged, or its key is not RSA.</exception>
    public static SealingCertificate Parse(ReadOnlySpan<byte> pem)
    {
        var blocks = new PemBlocks(pem);
        while (blocks.MoveNext())
        {
            if (blocks.Label.SequenceCompareTo("CERTIFICATE"u8) == 0)
            {
                var fields = CertificateFields.Read(blocks.Decode() ?? throw new SealingCertificateException("data does not contain any valid RSA or ECDSA certificates"));
                return new(pem.ToArray(), PublicKeyOf(fields), fields);
            }
        }

        throw new SealingCertificateException("data does not contain any valid RSA or ECDSA certificates");
    }

    /// <summary>Whether sealing with it should be refused by now.</summary>
    public bool IsExpired(DateTimeOffset now) => now > NotAfter;

    /// <summary>The fingerprint.</summary>
    public override string ToString() => Fingerprint;

    private static SealingPublicKey PublicKeyOf(CertificateFields fields)
    {
        if (fields.Modulus is null)
        {
            throw new SealingCertificateException($"expected RSA public key but found {fields.KeyAlgorithm}");
        }

        try
        {
            return new SealingPublicKey(fields.Modulus, fields.Exponent);
        }
        catch (CryptographicException unusable)
        {
            throw new SealingCertificateException(unusable.Message, unusable);
        }
    }
}
