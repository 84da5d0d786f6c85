using Microsoft.Extensions.Time.Testing;

using SecretsOps.Controller.Hosting;
using SecretsOps.Controller.Options;

namespace SecretsOps.Controller.Tests.Options;

public sealed class ControllerFlagsTests
{
    [Fact]
    public void An_upstream_command_line_is_accepted_unchanged()
    {
        string[] arguments =
        [
            "--update-status", "--key-prefix", "sealed-secrets-key", "--key-renew-period", "24h", "--key-cutoff-time", "Mon, 22 Nov 2021 10:00:00 +0100",
            "--rate-limit", "3", "--rate-limit-burst=4", "--privatekey-annotations", "a=b,c=d", "--privatekey-labels=team=x", "--log-level", "ERROR",
            "--log-format=json", "--all-namespaces=false", "--additional-namespaces", "one,two", "--max-unseal-retries", "7", "--watch-for-secrets",
            "--kubeclient-qps", "20", "--kubeclient-burst", "30", "--listen-addr", ":9090", "--my-cn", "me", "--key-size", "2048", "--key-ttl", "1h30m",
        ];

        var options = ControllerFlags.Parse(arguments, _ => null, new ControllerOptions());

        Assert.Equal(TimeSpan.FromHours(24), options.Keys.RenewPeriod);
        Assert.Equal(new DateTimeOffset(2021, 11, 22, 10, 0, 0, TimeSpan.FromHours(1)), options.Keys.CutoffTime);
        Assert.Equal((3, 4), (options.Http.RateLimit, options.Http.RateLimitBurst));
        Assert.Equal("d", options.Keys.Annotations["c"]);
        Assert.Equal("x", options.Keys.Labels["team"]);
        Assert.Equal(("ERROR", "json"), (options.Log.Level, options.Log.Format));
        Assert.False(options.Reconcile.AllNamespaces);
        Assert.Equal(["one", "two"], options.Reconcile.AdditionalNamespaces);
        Assert.Equal((":9090", "me", 2048, TimeSpan.FromMinutes(90)), (options.Http.ListenAddress, options.Keys.CommonName, options.Keys.Size, options.Keys.Validity));
    }

    [Theory]
    [InlineData("key-prefix", "sealed-secrets-key")]
    [InlineData("key-size", "4096")]
    [InlineData("key-ttl", "87600h0m0s")]
    [InlineData("my-cn", "")]
    [InlineData("key-renew-period", "720h0m0s")]
    [InlineData("key-order-priority", "CertNotBefore")]
    [InlineData("key-cutoff-time", "")]
    [InlineData("accept-deprecated-v1-data", "true")]
    [InlineData("all-namespaces", "true")]
    [InlineData("additional-namespaces", "")]
    [InlineData("label-selector", "")]
    [InlineData("rate-limit", "2")]
    [InlineData("rate-limit-burst", "2")]
    [InlineData("privatekey-annotations", "")]
    [InlineData("privatekey-labels", "")]
    [InlineData("metrics-omit-secret-labels", "false")]
    [InlineData("old-gc-behavior", "false")]
    [InlineData("update-status", "true")]
    [InlineData("skip-recreate", "false")]
    [InlineData("watch-for-secrets", "false")]
    [InlineData("log-info-stdout", "true")]
    [InlineData("log-level", "INFO")]
    [InlineData("log-format", "text")]
    [InlineData("max-unseal-retries", "5")]
    [InlineData("kubeclient-qps", "5")]
    [InlineData("kubeclient-burst", "10")]
    [InlineData("listen-addr", ":8080")]
    [InlineData("listen-metrics-addr", ":8081")]
    [InlineData("read-timeout", "2m0s")]
    [InlineData("write-timeout", "2m0s")]
    [InlineData("rotate-period", "")]
    [InlineData("version", "false")]
    public void Every_upstream_flag_exists_with_its_default(string name, string initial)
    {
        var flag = Assert.Single(ControllerFlags.All, flag => flag.Name == name);

        Assert.Equal(initial, flag.Default);
    }

    [Fact]
    public void A_flag_may_come_from_the_environment_and_the_command_line_wins()
    {
        string? Environment(string name) => name switch
        {
            "SEALED_SECRETS_KEY_SIZE" => "2048",
            "SEALED_SECRETS_MY_CN" => "from-environment",
            "SEALED_SECRETS_RATE_LIMIT" => "not a number",
            _ => null,
        };

        var options = ControllerFlags.Parse(["--my-cn=from-arguments"], Environment, new ControllerOptions());

        Assert.Equal((2048, "from-arguments", 2), (options.Keys.Size, options.Keys.CommonName, options.Http.RateLimit));
    }

    [Theory]
    [InlineData("--nonsense", "unknown flag: --nonsense")]
    [InlineData("--key-size", "flag needs an argument: --key-size")]
    [InlineData("--key-size=x", "invalid argument \"x\" for \"--key-size\" flag: strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("--all-namespaces=maybe", "invalid argument \"maybe\" for \"--all-namespaces\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax")]
    [InlineData("--key-ttl=10", "invalid argument \"10\" for \"--key-ttl\" flag: time: missing unit in duration \"10\"")]
    [InlineData("--key-ttl=1d", "invalid argument \"1d\" for \"--key-ttl\" flag: time: unknown unit \"d\" in duration \"1d\"")]
    [InlineData("--privatekey-labels=bare", "invalid argument \"bare\" for \"--privatekey-labels\" flag: 'bare' is not of the form key=value")]
    public void A_command_line_that_cannot_be_understood_is_refused(string argument, string message)
    {
        var error = Assert.Throws<FlagException>(() => ControllerFlags.Parse([argument], _ => null, new ControllerOptions()));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void KEY_15_a_bad_cutoff_time_stops_the_start() =>
        Assert.Throws<FlagException>(() => ControllerFlags.Parse(["--key-cutoff-time=2021-11-22T10:00:00Z"], _ => null, new ControllerOptions()));

    [Fact]
    public void KEY_21_a_prefix_that_is_too_long_or_has_an_illegal_character_is_refused_in_upstreams_words()
    {
        var tooLong = Assert.Throws<FlagException>(() => ControllerFlags.Parse([$"--key-prefix={new string('a', 246)}"], _ => null, new ControllerOptions()));
        var illegal = Assert.Throws<FlagException>(() => ControllerFlags.Parse(["--key-prefix=my_key"], _ => null, new ControllerOptions()));

        Assert.Equal("name is too long, must be shorter than 245, got 246", tooLong.Message);
        Assert.Equal("name contains illegal character _", illegal.Message);
    }

    [Fact]
    public void The_help_text_names_every_flag_once()
    {
        var usage = ControllerFlags.Usage();

        Assert.All(ControllerFlags.All, flag => Assert.Single(usage.Split('\n'), line => line.TrimStart().StartsWith($"--{flag.Name} ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("1h30m", 5400)]
    [InlineData("0", 0)]
    [InlineData("1.5h", 5400)]
    [InlineData("-30s", -30)]
    [InlineData("500ms", 0.5)]
    public void A_duration_is_read_as_Go_reads_it(string text, double seconds) =>
        Assert.Equal(seconds, GoText.Duration(text).TotalSeconds, 6);

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("99999999999999h")]
    [InlineData("1h-1m")]
    [InlineData("..h")]
    public void A_duration_that_Go_refuses_is_refused(string text) =>
        Assert.Throws<FormatException>(() => GoText.Duration(text));

    [Theory]
    [InlineData(false, "")]
    [InlineData(false, "--kubeclient-burst=20")]
    [InlineData(false, "--kubeclient-qps=-1")]
    [InlineData(true, "--kubeclient-qps=50")]
    [InlineData(true, "--kubeclient-qps=0")]
    public void A_limit_on_requests_is_obeyed_only_where_it_is_given(bool isLimited, string argument)
    {
        var options = ControllerFlags.Parse(argument.Length == 0 ? [] : [argument], _ => null, new ControllerOptions());

        Assert.Equal(isLimited, RunCommand.Pace(options, TimeProvider.System) is not null);
    }

    [Fact]
    public async Task Requests_beyond_the_burst_wait_for_their_turn()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        var options = ControllerFlags.Parse(["--kubeclient-qps=2", "--kubeclient-burst=3"], _ => null, new ControllerOptions());
        var pace = RunCommand.Pace(options, time)!;

        var atOnce = Enumerable.Range(0, 4).Select(_ => pace.WaitAsync(CancellationToken.None)).ToArray();
        Assert.Equal([true, true, true, false], atOnce.Select(request => request.IsCompleted));

        time.Advance(TimeSpan.FromMilliseconds(500));
        await atOnce[3];
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(pace.WaitAsync(CancellationToken.None).IsCompleted);
    }
}
