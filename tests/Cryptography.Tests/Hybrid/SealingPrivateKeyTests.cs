using System.Security.Cryptography;
using System.Text;
using SecretsOps.Cryptography.Hybrid;

namespace SecretsOps.Cryptography.Tests.Hybrid;

public sealed class SealingPrivateKeyTests
{
    private static readonly RSA Rsa = RSA.Create(2048);

    [Fact]
    public void Both_encodings_of_one_key_give_one_fingerprint()
    {
        using var pkcs1 = SealingPrivateKey.FromPem(Encoding.ASCII.GetBytes(Rsa.ExportRSAPrivateKeyPem()));
        using var pkcs8 = SealingPrivateKey.FromPem(Encoding.ASCII.GetBytes("some text before\n" + Rsa.ExportPkcs8PrivateKeyPem() + "\nand after"));

        Assert.Equal(pkcs1.PublicKey.Fingerprint, pkcs8.PublicKey.Fingerprint);
        Assert.Matches("^SHA256:[A-Za-z0-9+/]{43}$", pkcs1.PublicKey.Fingerprint);
    }

    [Fact]
    public void An_elliptic_curve_key_is_refused_by_name()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        var sec1 = Assert.Throws<CryptographicException>(() => SealingPrivateKey.FromPem(Encoding.ASCII.GetBytes(curve.ExportECPrivateKeyPem())));
        var pkcs8 = Assert.Throws<CryptographicException>(() => SealingPrivateKey.FromPem(Encoding.ASCII.GetBytes(curve.ExportPkcs8PrivateKeyPem())));

        Assert.Contains("not an RSA key", sec1.Message);
        Assert.Contains("not an RSA key", pkcs8.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no pem at all")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\n!!!!\n-----END RSA PRIVATE KEY-----")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----")]
    public void Anything_else_is_refused(string pem) =>
        Assert.Throws<CryptographicException>(() => SealingPrivateKey.FromPem(Encoding.ASCII.GetBytes(pem)));

    [Fact]
    public void A_key_whose_numbers_do_not_belong_together_is_refused()
    {
        var der = Rsa.ExportRSAPrivateKey();
        der[^3] ^= 1; // inside qInv

        var refused = Assert.Throws<CryptographicException>(() =>
            SealingPrivateKey.FromPem(Encoding.ASCII.GetBytes(PemEncoding.WriteString("RSA PRIVATE KEY", der))));

        Assert.Contains("do not belong together", refused.Message);
    }

    [Fact]
    public void The_key_prints_as_its_fingerprint()
    {
        using var key = SealingPrivateKey.FromPem(Encoding.ASCII.GetBytes(Rsa.ExportRSAPrivateKeyPem()));

        Assert.Equal($"private key of {key.PublicKey.Fingerprint}", key.ToString());
    }
}
