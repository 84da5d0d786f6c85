using System.Security.Cryptography;
using SecretsOps.Testing.KeyServices;

namespace SecretsOps.KeyManagement.Tests;

/// <summary>Answers of every wrong shape, to key operations and to logins: each is a refusal that names the key, at wrapping and at unwrapping (checklist 112 to 120).</summary>
public class CloudGarbageTests
{
    // Every name under which some service returns a key, a token or its life.
    private static readonly string[] Names =
    [
        "Plaintext", "CiphertextBlob", "plaintext", "ciphertext", "value", "plain_text", "cipher_text", "data", "auth", "projects", "key", "credential",
        "access_token", "accessToken", "expires_in", "expireTime", "lease_duration", "client_token", "kid", "error", "errors", "Code", "Message", "message", "__type",
    ];

    private static readonly Dictionary<string, LoopbackReply> Answers = new()
    {
        ["nothing"] = new(200, ""),
        ["null"] = new(200, "null"),
        ["a list"] = new(200, "[]"),
        ["a text"] = new(200, "\"text\""),
        ["an empty object"] = new(200, "{}"),
        ["half an object"] = new(200, """{"Plaintext":"AAAA","pla"""),
        ["an object and more"] = new(200, "{} {}"),
        ["a member twice"] = new(200, """{"Plaintext":"AAAA","Plaintext":"BBBB","plaintext":"AAAA","plaintext":"BBBB","value":"a","value":"b","data":{},"data":{}}"""),
        ["numbers for texts"] = All("7"),
        ["lists for texts"] = All("""["AAAA"]"""),
        ["objects for texts"] = All("""{"plaintext":7,"ciphertext":[],"client_token":{},"lease_duration":"x"}"""),
        ["nulls for texts"] = All("null"),
        ["no base64"] = All("\"*not base64*\"", """{"plaintext":"*not base64*","ciphertext":""}"""),
        ["empty texts"] = All("\"\"", """{"plaintext":"","ciphertext":""}"""),
        ["numbers beyond all measure"] = All("1e999", """{"client_token":"t","lease_duration":1e300}"""),
        ["a hundred thousand levels"] = new(200, new string('[', 100_000)),
        ["no UTF-8"] = new(200, [0xff, 0xfe, 0x00, 0x80]),
        ["a page"] = new(200, "<!DOCTYPE html><p>not what you think"),
        ["more than a mebibyte"] = new(200, $$"""{"Plaintext":"{{new string('A', 1 << 20)}}"}"""),
        ["a broken-off answer"] = new(200, """{"Plaintext":"AAAA"}""") { IsCutOff = true },
        ["a compressed answer"] = new(200, [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]) { Headers = new Dictionary<string, string> { ["Content-Encoding"] = "gzip" } },
        ["a redirect"] = new(302, "") { Headers = new Dictionary<string, string> { ["Location"] = "http://127.0.0.1:9/elsewhere" } },
        ["no content"] = new(204, ""),
        ["a refusal of numbers"] = All("7") with { Status = 400 },
        ["a refusal of lists"] = new(403, "[]"),
        ["a refusal without a word"] = new(401, ""),
    };

    private readonly byte[] _dataKey = RandomNumberGenerator.GetBytes(32);

    public static TheoryData<string> Backends => CloudContractTests.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Every_wrong_answer_is_a_refusal_that_names_the_key_and_holds_no_secret(string backend)
    {
        using var fake = CloudContractTests.Registry[backend]();
        using var environment = new TestEnvironment { Clock = new ShortPauses() };
        fake.Configure(environment);
        using var knowing = environment.Service();
        var wrapped = await knowing.WrapAsync(fake.Key, _dataKey, default);
        var failures = new List<string>();
        foreach (var (name, answer) in Answers.Where(answer => (backend, answer.Key) != ("aws_kms", "a member twice"))) // AWS's SDK takes the last
        {
            fake.Instead = answer;
            using var strange = environment.Service(); // it has to log in first
            foreach (var service in (LocalKeyService[])[knowing, strange])
            {
                failures.AddRange((await FaultsOfAsync(fake, () => service.UnwrapAsync(fake.Key, wrapped, default))).Select(fault => $"{name}, unwrapping: {fault}"));
                failures.AddRange((await FaultsOfAsync(fake, () => service.WrapAsync(fake.Key, _dataKey, default))).Select(fault => $"{name}, wrapping: {fault}"));
            }
        }

        Assert.Empty(failures);
    }

    private async Task<IReadOnlyList<string>> FaultsOfAsync(FakeKeyService fake, Func<Task> call)
    {
        try
        {
            await call();
            return ["the answer was taken"];
        }
        catch (MasterKeyException refused)
        {
            List<string> faults = [.. fake.Secrets.Append(Convert.ToBase64String(_dataKey)).Where(secret => refused.ToString().Contains(secret, StringComparison.Ordinal)).Select(_ => "it holds a secret")];
            return [.. faults, .. refused.Message.Contains(fake.Key.Identity, StringComparison.Ordinal) ? Array.Empty<string>() : ["the key is not named"], .. refused.Message.Length < 5000 ? Array.Empty<string>() : ["it is endless"]];
        }
        catch (Exception other)
        {
            return [other.ToString()];
        }
    }

    private static LoopbackReply All(string value, string? data = null) =>
        new(200, $"{{{string.Join(',', Names.Select(name => $"\"{name}\":{(name is "data" or "auth" ? data ?? value : value)}"))}}}");

    /// <summary>Pauses between attempts are over at once; time-outs are what they are.</summary>
    private sealed class ShortPauses : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(6) ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}
