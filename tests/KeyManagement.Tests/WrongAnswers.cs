using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests;

/// <summary>Answers of every wrong shape, by name.</summary>
internal static class WrongAnswers
{
    // Every name under which some service returns a key, a token or its life.
    private static readonly string[] Names =
    [
        "Plaintext", "CiphertextBlob", "plaintext", "ciphertext", "value", "plain_text", "cipher_text", "data", "auth", "projects", "key", "credential",
        "access_token", "accessToken", "expires_in", "expireTime", "lease_duration", "client_token", "kid", "error", "errors", "Code", "Message", "message", "__type",
    ];

    public static readonly Dictionary<string, LoopbackReply> All = new()
    {
        ["nothing"] = new(200, ""),
        ["null"] = new(200, "null"),
        ["a list"] = new(200, "[]"),
        ["a text"] = new(200, "\"text\""),
        ["an empty object"] = new(200, "{}"),
        ["half an object"] = new(200, """{"Plaintext":"AAAA","pla"""),
        ["an object and more"] = new(200, "{} {}"),
        ["a member twice"] = new(200, """{"Plaintext":"AAAA","Plaintext":"BBBB","plaintext":"AAAA","plaintext":"BBBB","value":"a","value":"b","data":{},"data":{}}"""),
        ["numbers for texts"] = Of("7"),
        ["lists for texts"] = Of("""["AAAA"]"""),
        ["objects for texts"] = Of("""{"plaintext":7,"ciphertext":[],"client_token":{},"lease_duration":"x"}"""),
        ["nulls for texts"] = Of("null"),
        ["no base64"] = Of("\"*not base64*\"", """{"plaintext":"*not base64*","ciphertext":""}"""),
        ["empty texts"] = Of("\"\"", """{"plaintext":"","ciphertext":""}"""),
        ["numbers beyond all measure"] = Of("1e999", """{"client_token":"t","lease_duration":1e300}"""),
        ["a hundred thousand levels"] = new(200, new string('[', 100_000)),
        ["no UTF-8"] = new(200, [0xff, 0xfe, 0x00, 0x80]),
        ["a page"] = new(200, "<!DOCTYPE html><p>not what you think"),
        ["more than a mebibyte"] = new(200, $$"""{"Plaintext":"{{new string('A', 1 << 20)}}"}"""),
        ["a broken-off answer"] = new(200, """{"Plaintext":"AAAA"}""") { IsCutOff = true },
        ["a compressed answer"] = new(200, [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]) { Headers = new Dictionary<string, string> { ["Content-Encoding"] = "gzip" } },
        ["a redirect"] = new(302, "") { Headers = new Dictionary<string, string> { ["Location"] = "http://127.0.0.1:9/elsewhere" } },
        ["no content"] = new(204, ""),
        ["a refusal of numbers"] = Of("7") with { Status = 400 },
        ["a refusal of lists"] = new(403, "[]"),
        ["a refusal without a word"] = new(401, ""),
    };

    private static LoopbackReply Of(string value, string? data = null) =>
        new(200, $"{{{string.Join(',', Names.Select(name => $"\"{name}\":{(name is "data" or "auth" ? data ?? value : value)}"))}}}");
}
