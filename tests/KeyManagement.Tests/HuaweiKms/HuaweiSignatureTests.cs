using System.Text;
using System.Text.Json.Nodes;
using SecretsOps.KeyManagement.Http;
using SecretsOps.KeyManagement.HuaweiKms;
using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.KeyManagement.Tests.HuaweiKms;

/// <summary>Our signature beside that of Huawei's own SDK for Node.js (checklist 119).</summary>
public sealed class HuaweiSignatureTests : IDisposable
{
    private const string Script = """
        const { AKSKSigner } = require('@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js');
        const request = JSON.parse(require('fs').readFileSync(process.argv[2]));
        const credential = { getAk: () => 'AK1', getSk: () => 'huawei-secret-key' };
        console.log(AKSKSigner.sign(request, credential).Authorization);
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("POST", "https://kms.cn-north-4.myhuaweicloud.com/v1.0/project-1/kms/decrypt-data", "", """{"key_id":"0d0466b0","cipher_text":"AgDoAG7+/w==","encryption_algorithm":"SYMMETRIC_DEFAULT"}""", null)]
    [InlineData("POST", "https://kms.cn-north-4.myhuaweicloud.com/v1.0/project-1/kms/encrypt-data", "", """{"key_id":"0d0466b0","plain_text":"MDEyMw==","encryption_algorithm":"SYMMETRIC_DEFAULT"}""", "token/of+an agency==")]
    [InlineData("GET", "https://iam.cn-north-4.myhuaweicloud.com/v3/projects", "name=cn-north-4", null, null)]
    public async Task Row_119_The_signature_is_that_of_Huaweis_own_SDK(string method, string endpoint, string query, string? body, string? securityToken)
    {
        var request = new KeyRequest(new HttpMethod(method), new Uri(query.Length > 0 ? $"{endpoint}?{query}" : endpoint))
        {
            Body = body is null ? default : Encoding.UTF8.GetBytes(body),
            ContentType = body is null ? null : "application/json",
            Headers = body is null ? [] : [new("X-Project-Id", "project-1")],
        };

        var ours = HuaweiSignature.Sign(request, new HuaweiIdentity("AK1", "huawei-secret-key", securityToken), new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var theirs = await SignByTheSdkAsync(ours, endpoint, query, body);

        Assert.StartsWith("SDK-HMAC-SHA256 Access=AK1, SignedHeaders=", theirs, StringComparison.Ordinal);
        Assert.Equal(theirs, ours.Headers.Single(header => header.Key == "Authorization").Value);
    }

    private async Task<string> SignByTheSdkAsync(KeyRequest signed, string endpoint, string query, string? body)
    {
        var headers = new JsonObject();
        foreach (var (name, value) in signed.Headers.Where(header => header.Key != "Authorization"))
        {
            headers[name == "x-sdk-date" ? "X-Sdk-Date" : name] = value; // the SDK finds it under this name only
        }

        if (signed.ContentType is { } type)
        {
            headers["content-type"] = type;
        }

        var parameters = new JsonObject();
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            parameters[pair.Split('=')[0]] = pair.Split('=')[1];
        }

        var request = new JsonObject { ["method"] = signed.Method.Method, ["endpoint"] = endpoint, ["headers"] = headers, ["queryParams"] = parameters };
        if (body is not null)
        {
            request["data"] = JsonNode.Parse(body);
        }

        var package = ExternalPrograms.NodePackage("@huaweicloud/huaweicloud-sdk-core", "3.1.211");
        var run = await ExternalProgram.RunAsync(
            ExternalPrograms.Node,
            [_directory.Write("sign.cjs", Script), _directory.Write("request.json", request.ToJsonString())],
            new RunOptions { Directory = _directory.Path, Environment = new Dictionary<string, string?> { ["NODE_PATH"] = Path.Combine(package, "node_modules") } });
        return run.ShouldSucceed().StandardOutput.Trim();
    }
}
