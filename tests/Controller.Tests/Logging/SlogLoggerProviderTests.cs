using System.Globalization;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

using SecretsOps.Controller.Logging;
using SecretsOps.Controller.Options;

namespace SecretsOps.Controller.Tests.Logging;

public sealed partial class SlogLoggerProviderTests : IDisposable
{
    private readonly StringWriter _output = new(CultureInfo.InvariantCulture);
    private readonly StringWriter _errors = new(CultureInfo.InvariantCulture);

    [Fact]
    public void LOG_1_information_goes_to_stdout_and_the_rest_to_stderr()
    {
        var logger = Logger(new LogOptions());

        Log.NewKeyWritten(logger, "kube-system", "sealed-secrets-keyabcde");
        logger.LogError("Error updating, will retry");

        Assert.Equal("time=2026-11-23T01:02:03.004Z level=INFO msg=\"New key written\" namespace=kube-system name=sealed-secrets-keyabcde\n", _output.ToString());
        Assert.Equal("time=2026-11-23T01:02:03.004Z level=ERROR msg=\"Error updating, will retry\"\n", _errors.ToString());
    }

    [Fact]
    public void LOG_1_with_the_flag_off_everything_goes_to_stderr()
    {
        Logger(new LogOptions { InfoToStdout = false }).LogInformation("hello");

        Assert.Empty(_output.ToString());
        Assert.Contains("msg=hello", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void LOG_1_json_is_one_object_per_line()
    {
        Log.WatchLost(Logger(new LogOptions { Format = "json" }), "lost \"it\"");

        Assert.Equal("{\"time\":\"2026-11-23T01:02:03.0040000Z\",\"level\":\"WARN\",\"msg\":\"watch\",\"state\":\"lost \\\"it\\\"\"}\n", _errors.ToString());
    }

    [Theory]
    [InlineData("INFO", 1)]
    [InlineData("ERROR", 0)]
    [InlineData("DEBUG", 2)]
    public void LOG_1_the_level_filters(string level, int lines)
    {
        var logger = Logger(new LogOptions { Level = level });

        logger.LogDebug("detail");
        logger.LogInformation("state");

        Assert.Equal(lines, _output.ToString().Count(character => character == '\n'));
    }

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
    }

    private ILogger Logger(LogOptions options)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 1, 2, 3, 4, TimeSpan.Zero));
#pragma warning disable CA2000 // the provider owns no more than the two writers
        return new SlogLoggerProvider(options, _output, _errors, time).CreateLogger("test");
#pragma warning restore CA2000
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "New key written")]
        public static partial void NewKeyWritten(ILogger logger, string @namespace, string name);

        [LoggerMessage(2, LogLevel.Warning, "watch")]
        public static partial void WatchLost(ILogger logger, string state);
    }
}
