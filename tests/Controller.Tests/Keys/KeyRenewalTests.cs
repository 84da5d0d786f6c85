using SecretsOps.Controller.Keys;

namespace SecretsOps.Controller.Tests.Keys;

public sealed class KeyRenewalTests
{
    private static readonly DateTimeOffset Born = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RenewalPolicy Monthly = new(TimeSpan.FromDays(30), null);
    private readonly NewestKey _newest = new("SHA256:abc", Born, Born.AddYears(10));

    [Fact]
    public void KEY_1_without_any_key_the_first_one_is_due() =>
        Assert.Equal(KeyNeed.First, KeyRenewal.NeedAt(Born, null, Monthly));

    [Fact]
    public void KEY_4_a_young_key_is_kept() =>
        Assert.Equal(KeyNeed.None, KeyRenewal.NeedAt(Born.AddDays(29), _newest, Monthly));

    [Fact]
    public void KEY_12_a_key_as_old_as_the_period_is_followed_by_a_new_one()
    {
        Assert.Equal(KeyNeed.Period, KeyRenewal.NeedAt(Born.AddDays(30), _newest, Monthly));
        Assert.Equal(TimeSpan.FromMinutes(10), KeyRenewal.SleepAt(Born.AddDays(30).AddMinutes(-10), _newest, Monthly));
        Assert.Equal(TimeSpan.Zero, KeyRenewal.SleepAt(Born.AddDays(31), _newest, Monthly));
    }

    [Fact]
    public void KEY_13_period_zero_makes_the_first_key_and_no_other()
    {
        var never = new RenewalPolicy(TimeSpan.Zero, null);

        Assert.Equal(KeyNeed.First, KeyRenewal.NeedAt(Born, null, never));
        Assert.Equal(KeyNeed.None, KeyRenewal.NeedAt(Born.AddYears(20), _newest, never));
    }

    [Fact]
    public void KEY_14_a_key_older_than_the_cutoff_is_followed_by_a_new_one()
    {
        var policy = Monthly with { Cutoff = Born.AddSeconds(1) };

        Assert.Equal(KeyNeed.Cutoff, KeyRenewal.NeedAt(Born.AddDays(1), _newest, policy));
        Assert.Equal(KeyNeed.None, KeyRenewal.NeedAt(Born.AddDays(1), _newest, Monthly with { Cutoff = Born }));
    }

    [Fact]
    public void An_expired_active_certificate_is_replaced_although_the_period_is_not_over()
    {
        var shortLived = _newest with { NotAfter = Born.AddDays(1) };

        Assert.Equal(KeyNeed.Expired, KeyRenewal.NeedAt(Born.AddDays(2), shortLived, Monthly));
    }
}
