using System.Formats.Asn1;
using System.Numerics;

namespace SecretsOps.SealedSecrets;

// RFC 5280 section 4.1. Read here, rather than by X509Certificate2, because a cold kubeseal then needs no TLS library:
// measured, that is a third of its run time.

/// <summary>The three things of an X.509 certificate that sealing looks at: validity, key algorithm, RSA key.</summary>
internal sealed record CertificateFields(DateTimeOffset NotBefore, DateTimeOffset NotAfter, string KeyAlgorithm, byte[]? Modulus, byte[]? Exponent)
{
    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string Ed25519 = "1.3.101.112";

    private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0, isConstructed: true);

    internal static CertificateFields Read(byte[] der)
    {
        try
        {
            var body = new AsnReader(der, AsnEncodingRules.DER).ReadSequence().ReadSequence();
            if (body.PeekTag() == Version)
            {
                body.ReadEncodedValue();
            }

            body.ReadInteger(); // serial number
            body.ReadEncodedValue(); // signature algorithm
            body.ReadEncodedValue(); // issuer
            var validity = body.ReadSequence();
            body.ReadEncodedValue(); // subject
            return ReadKey(ReadTime(validity), ReadTime(validity), body.ReadSequence());
        }
        catch (AsnContentException broken)
        {
            throw new SealingCertificateException("x509: malformed certificate", broken);
        }
    }

    private static CertificateFields ReadKey(DateTimeOffset notBefore, DateTimeOffset notAfter, AsnReader keyInfo)
    {
        var algorithm = keyInfo.ReadSequence().ReadObjectIdentifier();
        if (algorithm != RsaEncryption)
        {
            return new(notBefore, notAfter, NameOf(algorithm), null, null);
        }

        var key = new AsnReader(keyInfo.ReadBitString(out _), AsnEncodingRules.DER).ReadSequence();
        return new(notBefore, notAfter, "*rsa.PublicKey", Number(key.ReadInteger()), Number(key.ReadInteger()));
    }

    private static DateTimeOffset ReadTime(AsnReader validity) =>
        validity.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? validity.ReadUtcTime() : validity.ReadGeneralizedTime();

    private static byte[] Number(BigInteger value) =>
        value.Sign > 0 ? value.ToByteArray(isUnsigned: true, isBigEndian: true) : throw new SealingCertificateException("x509: invalid RSA public key");

    // Compatibility: upstream prints the key as Go prints its type's content; the type's name tells more.
    private static string NameOf(string algorithm) => algorithm switch
    {
        EcPublicKey => "*ecdsa.PublicKey",
        Ed25519 => "ed25519.PublicKey",
        _ => $"public key algorithm {algorithm}",
    };
}
