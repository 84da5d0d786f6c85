using SecretsOps.GitOps.Engine;

namespace SecretsOps.GitOps.Tests.Engine;

public sealed class HealBackOffTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_first_repairs_go_at_once()
    {
        var heals = new HealBackOff();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(TimeSpan.Zero, heals.Remaining(Start.AddSeconds(i)));
            heals.Count(Start.AddSeconds(i));
        }
    }

    [Fact]
    public void A10_a_fight_slows_down_to_five_minutes()
    {
        var heals = new HealBackOff();
        var now = Start;
        var delays = new List<double>();
        for (var i = 0; i < 17; i++)
        {
            var wait = heals.Remaining(now);
            delays.Add(wait.TotalSeconds);
            now += wait;
            heals.Count(now);
        }

        Assert.Equal([.. Enumerable.Repeat(0.0, 10), 2, 6, 18, 54, 162, 300, 300], delays);
    }

    [Fact]
    public void A_quiet_spell_ends_the_fight()
    {
        var heals = new HealBackOff();
        for (var i = 0; i < 10; i++)
        {
            heals.Count(Start);
        }

        Assert.Equal(TimeSpan.Zero, heals.Remaining(Start.AddMinutes(20)));
    }

    [Fact]
    public void The_third_repair_makes_suspicious_and_another_commit_is_another_matter()
    {
        var heals = new HealBackOff();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(i >= 3, heals.IsFight(Start));
            heals.Count(Start);
        }

        Assert.Equal(TimeSpan.FromSeconds(2), heals.Remaining(Start));

        heals.Forget();

        Assert.Equal(TimeSpan.Zero, heals.Remaining(Start));
        Assert.False(heals.IsFight(Start));
    }
}
