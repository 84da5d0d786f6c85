using Microsoft.Extensions.Time.Testing;

using SecretsOps.Controller.Http;

namespace SecretsOps.Controller.Tests.Http;

public sealed class RequestRateLimiterTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    [Fact]
    public void HTTP_11_three_requests_pass_and_the_fourth_waits()
    {
        var limiter = new RequestRateLimiter(2, 2, _time);

        var passed = Enumerable.Range(0, 3).Select(_ => limiter.Decide("a")).ToList();
        var fourth = limiter.Decide("a");

        Assert.All(passed, decision => Assert.False(decision.IsLimited));
        Assert.Equal([2, 1, 0], passed.Select(decision => decision.Remaining));
        Assert.Equal(TimeSpan.FromSeconds(0.5), fourth.RetryAfter);
        Assert.Equal((3, 0), (fourth.Limit, fourth.Remaining));
    }

    [Fact]
    public void HTTP_11_after_the_wait_one_more_passes()
    {
        var limiter = new RequestRateLimiter(2, 2, _time);
        for (var i = 0; i < 3; i++)
        {
            limiter.Decide("a");
        }

        _time.Advance(TimeSpan.FromSeconds(0.5));

        Assert.False(limiter.Decide("a").IsLimited);
        Assert.True(limiter.Decide("a").IsLimited);
    }

    [Fact]
    public void HTTP_12_callers_do_not_use_up_each_others_share()
    {
        var limiter = new RequestRateLimiter(1, 0, _time);

        Assert.False(limiter.Decide("a").IsLimited);
        Assert.True(limiter.Decide("a").IsLimited);
        Assert.False(limiter.Decide("b").IsLimited);
    }

    [Fact]
    public void A_flood_of_invented_callers_does_not_grow_the_table_for_ever()
    {
        var limiter = new RequestRateLimiter(1, 0, _time);

        for (var i = 0; i < 70_000; i++)
        {
            limiter.Decide($"caller-{i}");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(limiter.KnownCallers, 1, 65_536);
    }
}
