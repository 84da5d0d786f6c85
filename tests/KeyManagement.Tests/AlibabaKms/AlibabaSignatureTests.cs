using System.Security.Cryptography;
using System.Text;
using SecretsOps.KeyManagement.AlibabaKms;
using SecretsOps.KeyManagement.Protobuf;

namespace SecretsOps.KeyManagement.Tests.AlibabaKms;

/// <summary>The samples that Alibaba Cloud publishes with its documentation and SDKs, and vectors computed apart from this code.</summary>
public class AlibabaSignatureTests
{
    private static readonly AlibabaIdentity Test = new("testid", "testsecret", null);
    private static readonly DateTimeOffset Time = new(2024, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Rpc_signature_of_the_sdks_unit_test() =>
        Assert.Equal("XlUyV4sXjOuX5FnjUz9IF9tm5rU=", AlibabaRpcSignature.Compute("GET", new Dictionary<string, string> { ["query"] = "test", ["body"] = "test" }, "secret"));

    [Fact]
    public void Rpc_signature_of_the_documentations_DescribeRegions() =>
        Assert.Equal("OLeaidS1JvxuMvnyHOwuJ+uX5qY=", AlibabaRpcSignature.Compute("GET", new Dictionary<string, string>
        {
            ["Action"] = "DescribeRegions",
            ["Version"] = "2014-05-26",
            ["Format"] = "XML",
            ["AccessKeyId"] = "testid",
            ["SignatureMethod"] = "HMAC-SHA1",
            ["SignatureVersion"] = "1.0",
            ["SignatureNonce"] = "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
            ["Timestamp"] = "2016-02-23T12:46:24Z",
        }, "testsecret"));

    [Fact]
    public void Rpc_signature_of_a_kms_decrypt()
    {
        var call = Call(new Dictionary<string, string> { ["CiphertextBlob"] = "a+b/c=", ["EncryptionContext"] = """{"Example":"Example"}""" });

        var request = AlibabaRpcSignature.Sign(call, Test, Time);

        Assert.Contains("Signature=fxCA%2FRBw7oukXfwPDoegJXyNB7M%3D", request.Uri.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "98ca22023484e709c1e7dc8039b8ffdb28b3ac306df864650e66088d629843d7")]
    [InlineData("STS.tok", "e56b0b041e301e01b62f26e02f198226acdba72d05ccc990c4bc30d89e2f772f")]
    public void Acs3_signature_of_a_kms_decrypt(string? token, string signature)
    {
        var call = Call(new Dictionary<string, string> { ["CiphertextBlob"] = "DZhOWVmZDk=", ["EncryptionContext"] = """{"Example":"Example"}""" });

        var request = AlibabaAcs3Signature.Sign(call, Test with { SecurityToken = token }, Time);

        Assert.EndsWith($"Signature={signature}", request.Headers.Single(header => header.Key == "Authorization").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Acs3_signature_of_the_documentations_RunInstances()
    {
        const string Query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai";
        KeyValuePair<string, string>[] headers =
        [
            new("host", "ecs.cn-shanghai.aliyuncs.com"),
            new("x-acs-action", "RunInstances"),
            new("x-acs-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            new("x-acs-date", "2023-10-26T10:22:32Z"),
            new("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
            new("x-acs-version", "2014-05-26"),
        ];

        var (hash, names) = AlibabaAcs3Signature.HashCanonicalRequest("POST", "/", Query, headers, []);

        Assert.Equal("host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version", names);
        Assert.Equal("7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259", hash);
        Assert.Equal("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0", AlibabaAcs3Signature.Compute(hash, "YourAccessKeySecret"));
    }

    [Fact]
    public void Instance_protocol_encodes_and_signs_as_its_sdk()
    {
        byte[] iv = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
        var message = new ProtoWriter().Bytes(1, [1, 2, 3]).Text(2, "key-1").Text(3, "AES_GCM").Text(4, "ctx").Bytes(5, iv).ToArray();
        KeyValuePair<string, string>[] headers =
        [
            new("x-kms-apiversion", "dkms-gcs-0.2"), new("x-kms-apiname", "Decrypt"), new("x-kms-signaturemethod", "RSA_PKCS1_SHA_256"), new("x-kms-accesskeyid", "KAAP.test"),
        ];

        var hash = Convert.ToHexString(SHA256.HashData(message));
        var toSign = AlibabaInstanceProtocol.StringToSign(hash, "Tue, 02 Jan 2024 03:04:05 GMT", headers);

        Assert.Equal("0a0301020312056b65792d311a074145535f47434d22036374782a0c000102030405060708090a0b", Convert.ToHexStringLower(message));
        Assert.Equal("AF593A83B6047A8433A74E29B800408D0E4E8E9CB0590AF1B7D1A4C4F97D0F87", hash);
        Assert.Equal("18cbc854bfa4b40fa6b703923f070d517ccdf757a3cebf5b834dd2e4273688ed", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(toSign))));
    }

    private static AlibabaCall Call(Dictionary<string, string> parameters) =>
        new(new Uri("https://kms.cn-hangzhou.aliyuncs.com"), "2016-01-20", "Decrypt", parameters) { Nonce = "00112233445566778899aabbccddeeff" };
}
