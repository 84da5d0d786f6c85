using SecretsOps.Controller.Metrics;

namespace SecretsOps.Controller.Tests.Metrics;

public sealed class ControllerMetricsTests
{
    private readonly ControllerMetrics _metrics = new("abc123");

    [Fact]
    public void MET_1_names_labels_and_types_are_upstreams()
    {
        _metrics.CountUnsealRequest();
        _metrics.CountUnsealError(UnsealErrorReason.Unseal, "shop");
        _metrics.SetSynced("shop", "db", "False", "release-a");
        _metrics.CountHttpRequest("/v1/verify", 409, "POST", TimeSpan.FromMilliseconds(30));

        var text = _metrics.Expose();

        Assert.Contains("# TYPE sealed_secrets_controller_build_info gauge\nsealed_secrets_controller_build_info{revision=\"abc123\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE sealed_secrets_controller_unseal_requests_total counter\nsealed_secrets_controller_unseal_requests_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains("sealed_secrets_controller_unseal_errors_total{reason=\"unseal\",namespace=\"shop\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("sealed_secrets_controller_condition_info{namespace=\"shop\",name=\"db\",condition=\"Synced\",ss_app_kubernetes_io_instance=\"release-a\"} -1\n", text, StringComparison.Ordinal);
        Assert.Contains("sealed_secrets_controller_http_requests_total{path=\"/v1/verify\",code=\"409\",method=\"post\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("sealed_secrets_controller_http_request_duration_seconds_bucket{path=\"/v1/verify\",method=\"post\",le=\"0.025\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("sealed_secrets_controller_http_request_duration_seconds_bucket{path=\"/v1/verify\",method=\"post\",le=\"0.05\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("sealed_secrets_controller_http_request_duration_seconds_bucket{path=\"/v1/verify\",method=\"post\",le=\"+Inf\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("sealed_secrets_controller_http_request_duration_seconds_count{path=\"/v1/verify\",method=\"post\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("process_resident_memory_bytes ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void MET_2_the_condition_of_a_deleted_object_is_forgotten()
    {
        _metrics.SetSynced("shop", "db", "True", "");
        _metrics.SetSynced("shop", "db2", "True", "");

        _metrics.ForgetConditions("shop", "db");

        Assert.DoesNotContain("name=\"db\"", _metrics.Expose(), StringComparison.Ordinal);
        Assert.Contains("name=\"db2\"", _metrics.Expose(), StringComparison.Ordinal);
    }

    [Fact]
    public void MET_3_the_omit_flag_leaves_no_condition_series()
    {
        var metrics = new ControllerMetrics("x") { OmitSecretLabels = true };

        metrics.SetSynced("shop", "db", "True", "");

        Assert.DoesNotContain("condition_info", metrics.Expose(), StringComparison.Ordinal);
    }

    [Fact]
    public void MET_4_there_are_five_error_reasons()
    {
        foreach (var reason in Enum.GetValues<UnsealErrorReason>())
        {
            _metrics.CountUnsealError(reason, "n");
        }

        var reasons = _metrics.Expose().Split('\n').Where(line => line.StartsWith("sealed_secrets_controller_unseal_errors_total{", StringComparison.Ordinal));

        Assert.Equal(["fetch", "status", "unmanaged", "unseal", "update"], reasons.Select(line => line.Split('"')[1]).Order());
    }

    [Fact]
    public void A_changed_instance_label_leaves_one_series_of_an_object()
    {
        _metrics.SetSynced("shop", "db", "True", "old");
        _metrics.SetSynced("shop", "db", "True", "new");

        Assert.Single(_metrics.Expose().Split('\n'), line => line.StartsWith("sealed_secrets_controller_condition_info{", StringComparison.Ordinal));
    }

    [Fact]
    public void Label_values_are_escaped()
    {
        _metrics.SetSynced("shop", "db", "True", "a\"b\\c\nd");

        Assert.Contains("ss_app_kubernetes_io_instance=\"a\\\"b\\\\c\\nd\"", _metrics.Expose(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scrape_while_objects_come_and_go_shows_whole_series()
    {
        const int Objects = 8000;
        var coming = Task.Run(() =>
        {
            for (var i = 0; i < Objects; i++)
            {
                _metrics.SetSynced("shop", $"db{i}", "True", "");
                _metrics.CountHttpRequest($"/{i % 100}", 200, "GET", TimeSpan.Zero);
                _metrics.ForgetConditions("shop", $"db{i - 1000}");
            }
        });

        do
        {
            Assert.All(_metrics.Expose().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'), line => Assert.Matches("^[a-z_]+(\\{.*\\})? [0-9+.e-]+$", line));
        }
        while (!coming.IsCompleted);

        await coming;
        Assert.Equal(1000, _metrics.Expose().Split('\n').Count(line => line.StartsWith("sealed_secrets_controller_condition_info{", StringComparison.Ordinal)));
    }
}
