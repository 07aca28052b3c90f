using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Tests.Support;
using Starling.Data.Randomness;

namespace Starling.Actors.Tests.Coordination;

public sealed class SlowTrainersTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void A_host_at_half_speed_is_flagged_within_a_window_whatever_its_past(int healthy)
    {
        SlowTrainers slow = After(After(SlowTrainers.None, healthy, 1), 10, 2);
        Assert.Empty(slow.Flagged);
        slow = After(slow, SlowTrainers.Window - 10, 2);
        Assert.Equal(["b"], slow.Flagged);
        Assert.True(slow.IsFlagged("b"));
        Assert.False(slow.IsFlagged("a"));
    }

    [Fact]
    public void One_hiccup_in_a_window_flags_nobody_whenever_it_comes_and_however_long_it_is()
    {
        for (int hiccup = 0; hiccup < 2 * SlowTrainers.Window; hiccup++)
        {
            SlowTrainers slow = SlowTrainers.None;
            for (int step = 0; step < hiccup + SlowTrainers.Window; step++)
            {
                slow = After(slow, 1, step == hiccup ? 600 : 1.1); // and a little slower than the others anyway
                Assert.Empty(slow.Flagged);
            }
        }
    }

    [Fact]
    public void A_host_that_is_stopped_and_continued_in_turn_is_flagged_and_stays_so()
    {
        SlowTrainers slow = SlowTrainers.None;
        for (int step = 1; step <= 200; step++)
        {
            slow = After(slow, 1, step % 6 == 0 ? 6 : 1);
            Assert.Equal(step < 18 ? [] : ["b"], slow.Flagged);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Noise_raises_no_alarm(int hosts)
    {
        KeyedRandom random = TestSeed.New();
        SlowTrainers slow = SlowTrainers.None;
        for (int step = 0; step < 5000; step++)
        {
            Dictionary<string, double> busy = [];
            for (int host = 0; host < hosts; host++) busy.Add($"h{host}", 0.7 + 0.6 * random.NextDouble());
            slow = slow.After(busy);
            Assert.Empty(slow.Flagged);
        }
    }

    [Fact]
    public void Warming_up_flags_nobody()
    {
        SlowTrainers slow = After(SlowTrainers.None, SlowTrainers.MinRatios - 1, 600);
        Assert.Empty(slow.Flagged);
        Assert.Equal(["b"], After(slow, 1, 600).Flagged);
    }

    [Fact]
    public void Between_the_two_bounds_the_verdict_stays()
    {
        Assert.Empty(After(SlowTrainers.None, 100, 1.4).Flagged);
        SlowTrainers slow = After(SlowTrainers.None, 20, 1.6);
        Assert.Equal(["b"], slow.Flagged);
        slow = After(slow, 100, 1.3);
        Assert.Equal(["b"], slow.Flagged);
        Assert.Empty(After(slow, 20, 1.2).Flagged);
    }

    [Fact]
    public void A_score_is_the_speed_by_the_median_of_the_others()
    {
        SlowTrainers slow = SlowTrainers.None;
        for (int i = 0; i < SlowTrainers.Window; i++)
            slow = slow.After(new Dictionary<string, double> { ["a"] = 1, ["b"] = 1, ["c"] = 4, ["d"] = 2 });
        // The others of c: 1, 1, 2; of d: 1, 1, 4; of a and b: 1, 2, 4.
        Assert.Equal([("a", 2.0), ("b", 2.0), ("c", 0.25), ("d", 0.5)], slow.Scores.Select(s => (s.Key, s.Value)));
        Assert.Equal(["c", "d"], slow.Flagged);
        slow = After(SlowTrainers.None, 20, 2);
        Assert.Equal((2, 0.5, null), (slow.ScoreOf("a"), slow.ScoreOf("b"), slow.ScoreOf("c")));
        slow = SlowTrainers.None.After(new Dictionary<string, double> { ["a"] = 1, ["b"] = 3, ["c"] = 2 });
        Assert.Equal(20 / (19 + 3 / 1.5), slow.ScoreOf("b")); // an even number of others: between two of them
    }

    [Fact]
    public void Work_too_short_for_the_clock_tells_nothing()
    {
        SlowTrainers slow = SlowTrainers.None;
        for (int i = 0; i < SlowTrainers.Window; i++)
            slow = slow.After(new Dictionary<string, double> { ["a"] = 0, ["b"] = 0, ["c"] = 1 });
        Assert.Equal([6, 6, 1], slow.Scores.Select(s => Math.Round(s.Value, 9)));
        Assert.Empty(slow.Flagged);
    }

    [Fact]
    public void Alone_nobody_is_slow_and_who_is_gone_is_forgotten()
    {
        SlowTrainers slow = After(SlowTrainers.None, 20, 2);
        Assert.Equal(["b"], slow.Flagged);
        Assert.Empty(slow.After(new Dictionary<string, double> { ["b"] = 99 }).Scores);
        slow = slow.After(new Dictionary<string, double> { ["a"] = 1, ["c"] = 1 });
        Assert.Equal(["a", "c"], slow.Scores.Select(s => s.Key));
        Assert.Empty(After(slow, 1, 2).Flagged);
    }

    private static SlowTrainers After(SlowTrainers slow, int steps, double b)
    {
        for (int i = 0; i < steps; i++) slow = slow.After(new Dictionary<string, double> { ["a"] = 1, ["b"] = b });
        return slow;
    }
}
