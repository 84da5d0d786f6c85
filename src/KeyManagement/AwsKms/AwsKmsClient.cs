using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using SecretsOps.Cryptography;
using SecretsOps.KeyManagement.Http;

namespace SecretsOps.KeyManagement.AwsKms;

/// <summary>Wraps and unwraps with AWS KMS through AWS's SDK; the wrapped key is the CiphertextBlob in base64.</summary>
/// <remarks>The SDK builds, signs and reads the two calls. Who calls, where and how patiently is ours: <see cref="AwsCredentialChain"/>, <see cref="AwsEndpoint"/>, <see cref="KeyHttp"/>.</remarks>
internal sealed class AwsKmsClient : KeyClient<AwsKmsMasterKey>, IDisposable
{
    private readonly KeyEnvironment _environment;
    private readonly KeyHttp _http;
    private readonly AwsCredentialChain _chain;
    private readonly AwsSdkConnection _sdk;

    public AwsKmsClient(AwsKmsCredentials credentials)
    {
        _environment = credentials.Environment;
        _http = new KeyHttp(_environment.Clock) { IsThrottled = reply => reply.Status == 400 && ErrorCode(reply) is "ThrottlingException" or "LimitExceededException" };
        _chain = new AwsCredentialChain(credentials, _http);
        _sdk = new AwsSdkConnection(_http);
    }

    public void Dispose()
    {
        _sdk.Dispose();
        _http.Dispose();
    }

    protected override async Task<string> WrapAsync(AwsKmsMasterKey key, ReadOnlyMemory<byte> dataKey, CancellationToken cancellationToken)
    {
        var plaintext = dataKey.ToArray();
        using var content = new MemoryStream(plaintext);
        try
        {
            var request = new EncryptRequest { KeyId = key.Arn, Plaintext = content, EncryptionContext = ContextOf(key) };
            var answer = await CallAsync(key, "Encrypt", (kms, token) => kms.EncryptAsync(request, token), cancellationToken).ConfigureAwait(false);
            return Convert.ToBase64String(Required(answer.CiphertextBlob, "CiphertextBlob").ToArray());
        }
        finally
        {
            Array.Clear(plaintext);
        }
    }

    protected override async Task<SecretBytes> UnwrapAsync(AwsKmsMasterKey key, string wrappedKey, CancellationToken cancellationToken)
    {
        using var blob = new MemoryStream(WrappedBase64.Decode(wrappedKey));
        var request = new DecryptRequest { KeyId = key.Arn, CiphertextBlob = blob, EncryptionContext = ContextOf(key) };
        var answer = await CallAsync(key, "Decrypt", (kms, token) => kms.DecryptAsync(request, token), cancellationToken).ConfigureAwait(false);
        using var plaintext = Required(answer.Plaintext, "Plaintext");
        return new SecretBytes(plaintext.ToArray());
    }

    private async Task<T> CallAsync<T>(AwsKmsMasterKey key, string operation, Func<AmazonKeyManagementServiceClient, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var identity = await _chain.ForAsync(key, cancellationToken).ConfigureAwait(false);
        var endpoint = AwsEndpoint.For("kms", key.Region, _environment, _chain.Config, key.Profile.Length > 0 ? key.Profile : _chain.DefaultProfile);
        using var kms = _sdk.Open(identity, endpoint, key.Region);
        try
        {
            return await call(kms, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonUnmarshallingException)
        {
            throw new KeyBackendException("the answer of AWS KMS is not the JSON that was expected", "check the endpoint"); // its text may hold a data key: not kept as a cause
        }
        catch (AmazonServiceException failure)
        {
            throw Refused(failure, operation);
        }
        catch (AmazonClientException failure)
        {
            throw new KeyBackendException($"AWS KMS could not be asked to {operation}: {failure.Message}", innerException: failure);
        }
    }

    private static Dictionary<string, string>? ContextOf(AwsKmsMasterKey key) => key.Context.Count > 0 ? new(key.Context, StringComparer.Ordinal) : null;

    private static MemoryStream Required(MemoryStream? part, string name) => part ?? throw new KeyBackendException($"the answer of AWS KMS has no '{name}'");

    private static KeyBackendException Refused(AmazonServiceException failure, string operation)
    {
        var code = failure.ErrorCode is { Length: > 0 } given && !int.TryParse(given, out _) ? given : $"HTTP {(int)failure.StatusCode}";
        return new KeyBackendException($"AWS KMS refused {operation}: {code}{(failure.Message is { Length: > 0 } message ? $": {message}" : "")}", Remedy(code));
    }

    private static string? ErrorCode(KeyReply reply) => JsonText.Find(reply.JsonOrEmpty(), "__type")?.Split('#')[^1];

    private static string? Remedy(string code) => code switch
    {
        "AccessDeniedException" => "allow kms:Encrypt and kms:Decrypt on the key for this identity",
        "ExpiredTokenException" or "UnrecognizedClientException" or "InvalidClientTokenId" => "log in again: the credentials are not valid any more",
        "NotFoundException" => "check region, account and key id in the ARN",
        "DisabledException" or "KMSInvalidStateException" => "enable the key, or cancel its deletion",
        "InvalidCiphertextException" or "IncorrectKeyException" => "the encryption context or the key is not the one the file was encrypted with",
        "ThrottlingException" or "LimitExceededException" => "try again later, or ask for a higher quota",
        "InvalidSignatureException" or "RequestExpired" => "check secret key and clock",
        _ => null,
    };
}
