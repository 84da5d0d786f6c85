using Microsoft.AspNetCore.Http;

using SecretsOps.KeyManagement;
using SecretsOps.KeyManagement.Age;
using SecretsOps.KeyManagement.Remote;

namespace SecretsOps.Controller.Tests.KeyServices;

/// <summary>A key service that hangs, talks nonsense, refuses or throttles (checklist 121), over HTTP/2 and below it.</summary>
public sealed class KeyServiceFaultTests
{
    private static readonly byte[] DataKey = "0123456789abcdef0123456789abcdef"u8.ToArray();
    private static readonly AgeMasterKey Key = new("age1xyz");

    // Empty settings, as a server of HTTP/2 greets; then the headers of stream 1 in a coding that no table decodes.
    private static readonly byte[] BrokenFrames = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 3, 1, 5, 0, 0, 0, 1, 255, 255, 255];

    public static TheoryData<string, byte[]> Noise => new()
    {
        { "nothing", [] },
        { "HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray() },
        { "text", "<html>not what you think</html>"u8.ToArray() },
        { "broken frames", BrokenFrames },
    };

    // A body, and the status that follows it (none where it is empty).
    public static TheoryData<string, byte[], string> Nonsense => new()
    {
        { "a page of HTTP", "<html>not what you think</html>"u8.ToArray(), "" },
        { "a good frame without a status", Frame(10, 3, 1, 2, 3), "" },
        { "no frame", [], "0" },
        { "half a header", [0, 0, 0], "0" },
        { "a frame that ends too soon", [0, 0, 0, 0, 9, 10, 3, 1], "0" },
        { "a frame with more behind it", [.. Frame(10, 3, 1, 2, 3), 0], "0" },
        { "a frame said to be compressed", [1, .. Frame(10, 3, 1, 2, 3)[1..]], "0" },
        { "a length of four gibibytes", [0, 255, 255, 255, 255, 10], "0" },
        { "no protobuf", Frame(255, 255, 255), "0" },
        { "a field that ends too soon", Frame(10, 200, 1), "0" },
        { "another field", Frame(18, 3, 1, 2, 3), "0" },
        { "an empty key", Frame(10, 0), "0" },
        { "an empty message", Frame(), "0" },
    };

    [Theory]
    [MemberData(nameof(Noise))]
    public async Task Row_121_What_is_no_HTTP_2_is_told_with_address_and_remedy(string kind, byte[] noise)
    {
        using var server = new NoisyServer(noise, isPatient: false);
        using var client = Client(server.Address);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => client.WrapAsync(Key, DataKey, default));

        Assert.StartsWith($"age key age1xyz: the key service {server.Address} ", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.Remedy);
        Assert.DoesNotContain("0123456789abcdef", refused.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(kind);
    }

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task Row_121_Nonsense_over_HTTP_2_is_refused_as_malformed(string kind, byte[] body, string status)
    {
        await using var server = await FaultyKeyService.StartAsync(context => FaultyKeyService.AnswerAsync(context, body, status));
        using var client = Client(server.Address);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => client.UnwrapAsync(Key, "wrapped", default));

        Assert.Contains($"the key service {server.Address} answered", refused.Message, StringComparison.Ordinal);
        Assert.Contains("malformed (check that a key service of sops or secretsops listens there)", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Calls);
        Assert.NotEmpty(kind);
    }

    [Fact]
    public async Task Row_121_A_wrapped_key_that_is_no_text_is_refused()
    {
        await using var server = await FaultyKeyService.StartAsync(context => FaultyKeyService.AnswerAsync(context, Frame(10, 3, 255, 254, 0), "0"));
        using var client = Client(server.Address);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => client.WrapAsync(Key, DataKey, default));

        Assert.Contains("a wrapped key that is no text", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_121_An_endless_answer_is_cut_off_at_its_limit()
    {
        await using var server = await FaultyKeyService.StartAsync(async context =>
        {
            var chunk = new byte[1 << 16];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        });
        using var client = Client(server.Address);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => client.UnwrapAsync(Key, "wrapped", default));

        Assert.Contains($"the key service {server.Address} answered more than 1048576 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("before it greets")]
    [InlineData("before its headers")]
    [InlineData("in the middle of its answer")]
    public async Task Row_121_A_service_that_hangs_is_given_up_with_address_and_remedy(string when)
    {
        using var silent = new NoisyServer([], isPatient: true);
        await using var server = await FaultyKeyService.StartAsync(async context =>
        {
            if (when == "in the middle of its answer")
            {
                await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0 }, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }

            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var address = when == "before it greets" ? silent.Address : server.Address;
        using var client = Client(address, new HastyTime());

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => client.UnwrapAsync(Key, "wrapped", default));

        Assert.Equal($"age key age1xyz: the key service {address} did not answer within 30 seconds (check that it runs and asks nobody; SECRETSOPS_KEYSERVICE_TIMEOUT gives it more seconds)", refused.Message);
    }

    [Fact]
    public async Task Row_121_A_caller_that_gives_up_gets_its_own_cancellation()
    {
        using var server = new NoisyServer([], isPatient: true);
        using var client = Client(server.Address);
        using var impatient = new CancellationTokenSource();

        var call = client.UnwrapAsync(Key, "wrapped", impatient.Token);
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData("7", "Request rejected by user", "Request rejected by user", "whoever runs it must allow")]
    [InlineData("2", "no such key: schl%C3%BCssel, 100 %25", "no such key: schlüssel, 100 %", null)]
    [InlineData("4", "", "gRPC status 4", "it ran out of time")]
    [InlineData("12", "unknown service KeyService", "unknown service KeyService", "check that a key service")]
    [InlineData("16", "%1B[31mred%07 %", "�[31mred� %", "whoever runs it must allow")]
    [InlineData("not a number", "", "gRPC status not a number", null)]
    public async Task Row_121_A_refusal_is_told_in_the_services_words_and_not_repeated(string status, string message, string told, string? remedy)
    {
        await using var server = await FaultyKeyService.StartAsync(context => FaultyKeyService.RefuseAsync(context, status, message));
        using var client = Client(server.Address);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => client.UnwrapAsync(Key, "wrapped", default));

        Assert.Equal($"the key service {server.Address} refused: {told}", refused.Reason);
        Assert.StartsWith(remedy ?? "", refused.Remedy ?? "", StringComparison.Ordinal);
        Assert.Equal(1, server.Calls);
    }

    [Theory]
    [InlineData("8", 200)]
    [InlineData("14", 200)]
    [InlineData("", 429)]
    [InlineData("", 503)]
    public async Task Row_121_Throttling_is_waited_out(string status, int httpStatus)
    {
        var calls = 0;
        await using var server = await FaultyKeyService.StartAsync(context => ++calls <= 2 ? RefuseAsync(context, status, httpStatus) : FaultyKeyService.AnswerAsync(context, Frame(10, 3, 1, 2, 3), "0"));
        using var client = Client(server.Address, new ShortPauses());

        using var dataKey = await client.UnwrapAsync(Key, "wrapped", default);

        Assert.Equal([1, 2, 3], dataKey.Span.ToArray());
        Assert.Equal(3, server.Calls);
    }

    [Theory]
    [InlineData("8", 200, "slow down", "slow down", "it throttles")]
    [InlineData("14", 200, "", "gRPC status 14", "it is away for a moment")]
    [InlineData("", 429, "", "HTTP 429", "it throttles")]
    [InlineData("", 502, "", "HTTP 502", "it is away for a moment")]
    public async Task Row_121_Throttling_that_lasts_is_told_after_four_attempts(string status, int httpStatus, string message, string told, string remedy)
    {
        await using var server = await FaultyKeyService.StartAsync(context => RefuseAsync(context, status, httpStatus, message));
        using var client = Client(server.Address, new ShortPauses());

        var refused = await Assert.ThrowsAsync<MasterKeyException>(() => client.UnwrapAsync(Key, "wrapped", default));

        Assert.Equal($"the key service {server.Address} refused: {told}", refused.Reason);
        Assert.StartsWith(remedy, refused.Remedy, StringComparison.Ordinal);
        Assert.Equal(4, server.Calls);
    }

    /// <summary>The call that <c>SECRETSOPS_TEST_KEYSERVICE</c> names as well (<c>ADDRESS RECIPIENT</c>): a key service of sops, say.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("SECRETSOPS_TEST_KEYSERVICE")]
    public async Task Row_121_A_wrapped_key_is_unwrapped_by_another_client(string? variable)
    {
        await using var server = await FaultyKeyService.StartAsync(FaultyKeyService.EchoAsync);
        var given = variable is null ? null : Environment.GetEnvironmentVariable(variable);
        var (address, recipient) = given?.Split(' ') is [var real, var age] ? (real, age) : (server.Address, "age1xyz");
        using var one = Client(address);
        using var another = Client(address);

        using var dataKey = await another.UnwrapAsync(new AgeMasterKey(recipient), await one.WrapAsync(new AgeMasterKey(recipient), DataKey, default), default);

        Assert.Equal(DataKey, dataKey.Span.ToArray());
    }

    private static Task RefuseAsync(HttpContext context, string status, int httpStatus, string message = "")
    {
        context.Response.StatusCode = httpStatus;
        return status.Length > 0 ? FaultyKeyService.RefuseAsync(context, status, message) : Task.CompletedTask;
    }

    private static byte[] Frame(params byte[] message) => [0, 0, 0, 0, (byte)message.Length, .. message];

    private static RemoteKeyService Client(string address, TimeProvider? clock = null) =>
        new(KeyServiceAddress.Parse(address), new KeyEnvironment { Variable = Environment.GetEnvironmentVariable, Clock = clock ?? TimeProvider.System });
}
