using System.Globalization;
using System.Text.Json.Nodes;
using SecretsOps.GitOps.Projects;

namespace SecretsOps.GitOps.Tests.Projects;

public sealed class SyncWindowTests
{
    /// <summary>A Monday.</summary>
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 12 * * *", "1h", "2026-03-02T12:00:00Z", true)]
    [InlineData("0 12 * * *", "1h", "2026-03-02T12:59:59Z", true)]
    [InlineData("0 12 * * *", "1h", "2026-03-02T13:00:00Z", false)]
    [InlineData("0 22 * * *", "8h", "2026-03-02T03:00:00Z", true)]
    [InlineData("*/15 * * * *", "1m", "2026-03-02T12:15:30Z", true)]
    [InlineData("*/15 * * * *", "1m", "2026-03-02T12:16:00Z", false)]
    [InlineData("0 0 * * mon-fri", "24h", "2026-03-02T12:00:00Z", true)]
    [InlineData("0 0 * * 6,7", "24h", "2026-03-02T12:00:00Z", false)]
    [InlineData("0 0 1 * 1", "24h", "2026-03-02T12:00:00Z", true)]
    [InlineData("@daily", "13h", "2026-03-02T12:00:00Z", true)]
    [InlineData("0 0 1 jan *", "720h", "2026-01-20T12:00:00Z", true)]
    public void A14_a_window_is_open_from_its_schedule_for_its_duration(string schedule, string duration, string now, bool isOpen) =>
        Assert.Equal(isOpen, Window("allow", schedule, duration).IsOpen(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));

    [Fact]
    public void A14_a_schedule_follows_its_time_zone()
    {
        var window = new SyncWindow(new JsonObject { ["kind"] = "allow", ["schedule"] = "0 13 * * *", ["duration"] = "1h", ["timeZone"] = "Europe/Berlin" });

        Assert.True(window.IsOpen(Noon));
        Assert.False(window.IsOpen(Noon.AddHours(1)));
    }

    [Theory]
    [InlineData("", true, true)]
    [InlineData("deny-open", false, false)]
    [InlineData("deny-open-manual", false, true)]
    [InlineData("deny-open,allow-open", false, false)]
    [InlineData("deny-open-manual,deny-open", false, false)]
    [InlineData("allow-open", true, true)]
    [InlineData("allow-closed", false, false)]
    [InlineData("allow-closed-manual", false, true)]
    [InlineData("allow-closed,allow-open", true, true)]
    [InlineData("deny-closed", true, true)]
    public void A13_a_denial_beats_a_permission_and_a_closed_permission_blocks(string windows, bool automated, bool manual)
    {
        List<SyncWindow> all = [.. windows.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Of)];

        Assert.Equal((automated, manual), (SyncWindows.Permit(all, false, Noon, null), SyncWindows.Permit(all, true, Noon, null)));
    }

    [Fact]
    public void A14_an_operation_that_began_in_time_is_finished_where_the_window_lets_it()
    {
        SyncWindow[] windows = [new(new JsonObject { ["kind"] = "allow", ["schedule"] = "0 12 * * *", ["duration"] = "1h", ["syncOverrun"] = true })];

        Assert.False(SyncWindows.Permit(windows, false, Noon.AddHours(2), null));
        Assert.True(SyncWindows.Permit(windows, false, Noon.AddHours(2), Noon));
    }

    [Theory]
    [InlineData("0 12 * *")]
    [InlineData("60 * * * *")]
    [InlineData("x * * * *")]
    public void A_schedule_that_is_none_is_told(string schedule) =>
        Assert.Throws<FormatException>(() => Window("allow", schedule, "1h").IsOpen(Noon));

    private static SyncWindow Of(string name) => new(new JsonObject
    {
        ["kind"] = name.Split('-')[0],
        ["schedule"] = name.Contains("open", StringComparison.Ordinal) ? "0 12 * * *" : "0 1 * * *",
        ["duration"] = "1h",
        ["manualSync"] = name.EndsWith("manual", StringComparison.Ordinal),
    });

    private static SyncWindow Window(string kind, string schedule, string duration) => new(new JsonObject { ["kind"] = kind, ["schedule"] = schedule, ["duration"] = duration });
}
