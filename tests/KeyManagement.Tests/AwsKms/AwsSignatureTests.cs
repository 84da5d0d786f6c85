using System.Globalization;
using System.Text;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using SecretsOps.KeyManagement.AwsKms;
using SecretsOps.KeyManagement.Http;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests.AwsKms;

public sealed class AwsSignatureTests
{
    private static readonly AwsIdentity Identity = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null);

    [Fact]
    public void Aws_sample_get_vanilla_has_its_published_signature()
    {
        var request = new KeyRequest(HttpMethod.Get, new Uri("https://example.amazonaws.com/"));

        var signed = new AwsSignature(Identity, "us-east-1", "service").Sign(request, At(2015, 8, 30, 12, 36, 0));

        Assert.EndsWith("Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", Authorization(signed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "b4315e93c56597781f99751468dff252e942a8fb2bda77c0aadf9605bdb896c0")]
    [InlineData("tok", "1ed918128f6e2927da3d47dd6e02fa2da624d02d215acd5ccc81c131191382e5")]
    public void Kms_decrypt_has_the_signature_that_was_computed_apart(string? token, string signature)
    {
        const string Body = """{"CiphertextBlob":"AQIDBA==","EncryptionContext":{"app":"demo"},"KeyId":"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}""";
        var request = new KeyRequest(HttpMethod.Post, new Uri("https://kms.us-east-1.amazonaws.com/"))
        {
            Body = Encoding.UTF8.GetBytes(Body),
            ContentType = "application/x-amz-json-1.1",
            Headers = [new("x-amz-target", "TrentService.Decrypt")],
        };

        var signed = new AwsSignature(Identity with { SessionToken = token }, "us-east-1", "kms").Sign(request, At(2024, 1, 2, 3, 4, 5));

        Assert.EndsWith($"Signature={signature}", Authorization(signed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("the//session+token==")]
    public async Task The_sdk_signs_the_same_request_with_the_same_signature(string? token)
    {
        using var fake = new FakeAwsKms();
        AWSCredentials credentials = token is null ? new BasicAWSCredentials(Identity.AccessKeyId, Identity.SecretAccessKey) : new SessionAWSCredentials(Identity.AccessKeyId, Identity.SecretAccessKey, token);
        using var sdk = new AmazonKeyManagementServiceClient(credentials, new AmazonKeyManagementServiceConfig { ServiceURL = fake.Address, AuthenticationRegion = "eu-west-2" });
        await sdk.EncryptAsync(new EncryptRequest { KeyId = FakeAwsKms.Arn, Plaintext = new MemoryStream([1, 2, 3]) });
        var theirs = Assert.Single(fake.Requests);
        var names = theirs.Header("authorization").Split("SignedHeaders=")[1].Split(',')[0].Split(';');

        var ours = new AwsSignature(Identity with { SessionToken = token }, "eu-west-2", "kms").Sign(
            new KeyRequest(HttpMethod.Post, new Uri(fake.Address))
            {
                Body = theirs.Body,
                ContentType = theirs.Header("content-type"),
                Headers = [.. names.Except(["host", "content-type", "x-amz-date", "x-amz-security-token"]).Select(name => KeyValuePair.Create(name, theirs.Header(name)))],
            },
            DateTimeOffset.ParseExact(theirs.Header("x-amz-date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

        Assert.Equal(theirs.Header("authorization"), Authorization(ours));
    }

    private static DateTimeOffset At(int year, int month, int day, int hour, int minute, int second) => new(year, month, day, hour, minute, second, TimeSpan.Zero);

    private static string Authorization(KeyRequest request) => request.Headers.Single(header => header.Key == "Authorization").Value;
}
