using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecretsOps.Templating.Values;
using static SecretsOps.Templating.Functions.Define;
using static SecretsOps.Templating.Functions.ParameterKind;

namespace SecretsOps.Templating.Functions;

/// <summary>Sprig's certificates: a map with <c>Cert</c> and <c>Key</c> in PEM.</summary>
internal static class CertificateFunctions
{
    internal static IEnumerable<TemplateFunction> All =>
    [
        Function("genCA", [Text, Integer], call => Authority(call, NewKey())),
        Function("genCAWithKey", [Text, Integer, Text], call => Authority(call, ReadKey(call.Text(2)))),
        Function("genSelfSignedCert", [Text, Any, Any, Integer], call => Leaf(call, NewKey(), null)),
        Function("genSelfSignedCertWithKey", [Text, Any, Any, Integer, Text], call => Leaf(call, ReadKey(call.Text(4)), null)),
        Function("genSignedCert", [Text, Any, Any, Integer, Map], call => Leaf(call, NewKey(), call.Map(4))),
        Function("genSignedCertWithKey", [Text, Any, Any, Integer, Map, Text], call => Leaf(call, ReadKey(call.Text(5)), call.Map(4))),
        Function("buildCustomCert", [Text, Text], call => Custom(call.Text(0), call.Text(1))),
    ];

    private static RSA NewKey() => RSA.Create(2048);

    private static RSA ReadKey(string pem)
    {
        try
        {
            var key = RSA.Create();
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new TemplateFunctionException("the key is not an RSA private key in PEM", e);
        }
    }

    private static GoMap Authority(FunctionCall call, RSA key)
    {
        using (key)
        {
            var request = Request(call.Text(0), key, isAuthority: true);
            return Result(Sign(call, request, call.Integer(1), null), key);
        }
    }

    private static GoMap Leaf(FunctionCall call, RSA key, GoMap? authority)
    {
        using (key)
        {
            var request = Request(call.Text(0), key, isAuthority: false);
            AddNames(request, Cast.ToTexts(call[1]), Cast.ToTexts(call[2]));
            return Result(Sign(call, request, call.Integer(3), authority), key);
        }
    }

    private static CertificateRequest Request(string name, RSA key, bool isAuthority)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(ByteText.ToText(name));
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var usage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment | (isAuthority ? X509KeyUsageFlags.KeyCertSign : 0);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        return request;
    }

    private static void AddNames(CertificateRequest request, List<string> addresses, List<string> names)
    {
        if (addresses.Count + names.Count == 0)
        {
            return;
        }

        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            builder.AddDnsName(ByteText.ToText(name));
        }

        foreach (var address in addresses)
        {
            builder.AddIpAddress(IPAddress.TryParse(address, out var parsed) ? parsed : throw new TemplateFunctionException($"could not parse ip: {address}"));
        }

        request.CertificateExtensions.Add(builder.Build());
    }

    private static X509Certificate2 Sign(FunctionCall call, CertificateRequest request, nint days, GoMap? authority)
    {
        var start = call.Options.TimeProvider.GetUtcNow();
        var end = start.AddDays((double)days);
        if (authority is null)
        {
            return request.CreateSelfSigned(start, end);
        }

        using var signingKey = ReadKey(Cast.ToText(authority["Key"]));
        using var signer = ReadCertificate(Cast.ToText(authority["Cert"]));
        var generator = X509SignatureGenerator.CreateForRSA(signingKey, RSASignaturePadding.Pkcs1);
        return request.Create(signer.SubjectName, generator, start, end, RandomNumberGenerator.GetBytes(16));
    }

    private static X509Certificate2 ReadCertificate(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new TemplateFunctionException("the certificate is not PEM", e);
        }
    }

    private static GoMap Result(X509Certificate2 certificate, RSA key)
    {
        using (certificate)
        {
            return new GoMap { ["Cert"] = certificate.ExportCertificatePem() + "\n", ["Key"] = key.ExportRSAPrivateKeyPem() + "\n" };
        }
    }

    private static GoMap Custom(string certificate, string key)
    {
        try
        {
            var result = new GoMap
            {
                ["Cert"] = ByteText.FromBytes(Convert.FromBase64String(certificate)),
                ["Key"] = ByteText.FromBytes(Convert.FromBase64String(key)),
            };
            ReadCertificate((string)result["Cert"]!).Dispose();
            ReadKey((string)result["Key"]!).Dispose();
            return result;
        }
        catch (FormatException e)
        {
            throw new TemplateFunctionException("unable to decode base64 certificate or key", e);
        }
    }
}
