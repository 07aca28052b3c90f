using Starling.Data.Ordering;

namespace Starling.Data.Tests.Ordering;

public sealed class EvenChoiceTests
{
    [Theory]
    [InlineData(1000, 10)]
    [InlineData(1001, 7)]
    [InlineData(10, 9)]
    public void One_is_chosen_in_each_equal_part_and_not_always_the_same_one(long total, long count)
    {
        long[] chosen = [.. EvenChoice.Of(total, count)];
        Assert.Equal(count, chosen.Length);
        Assert.Equal(Enumerable.Range(0, (int)count).Select(i => (long)i),
            chosen.Select(position => (((position + 1) * count) - 1) / total));
        Assert.Equal(chosen, EvenChoice.Of(total, count));
        if (total > 2 * count) Assert.True(chosen.Select(p => p % (total / count)).Distinct().Count() > 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(6)]
    public void All_are_chosen_where_there_are_no_more(long count) =>
        Assert.Equal([0, 1, 2, 3, 4], EvenChoice.Of(5, count));
}
