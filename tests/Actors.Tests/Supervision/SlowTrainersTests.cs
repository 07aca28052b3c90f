using Starling.Actors.Supervision;

namespace Starling.Actors.Tests.Supervision;

public sealed class SlowTrainersTests
{
    [Fact]
    public void Ten_slow_steps_in_a_row_flag_a_trainer_and_ten_others_clear_it()
    {
        SlowTrainers slow = After(SlowTrainers.None, 9, 1, 1.6);
        Assert.Empty(slow.Flagged);
        slow = After(slow, 1, 1, 1.4); // once in time: counting begins anew
        slow = After(slow, 9, 1, 1.6);
        Assert.Empty(slow.Flagged);
        slow = After(slow, 1, 1, 1.6);
        Assert.Equal(["b"], slow.Flagged);
        Assert.True(slow.IsFlagged("b"));
        slow = After(slow, 9, 1, 1);
        Assert.Equal(["b"], slow.Flagged);
        Assert.Empty(After(slow, 1, 1, 1).Flagged);
    }

    [Fact]
    public void One_is_compared_with_the_median_of_the_others()
    {
        SlowTrainers slow = SlowTrainers.None;
        for (int i = 0; i < SlowTrainers.Patience; i++)
            slow = slow.After(new Dictionary<string, double> { ["a"] = 1, ["b"] = 1, ["c"] = 9, ["d"] = 9.1 });
        Assert.Equal(["c", "d"], slow.Flagged);
    }

    [Fact]
    public void Alone_nobody_is_slow_and_who_is_gone_is_forgotten()
    {
        SlowTrainers slow = After(SlowTrainers.None, 10, 1, 2);
        Assert.Equal(["b"], slow.Flagged);
        Assert.Empty(slow.After(new Dictionary<string, double> { ["b"] = 99 }).Flagged.Except(["b"]));
        Assert.Empty(slow.After(new Dictionary<string, double> { ["a"] = 99 }).Flagged);
    }

    private static SlowTrainers After(SlowTrainers slow, int steps, double a, double b)
    {
        for (int i = 0; i < steps; i++) slow = slow.After(new Dictionary<string, double> { ["a"] = a, ["b"] = b });
        return slow;
    }
}
