using Starling.Data.Ordering;
using Starling.Data.Shards;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Ordering;

public sealed class EpochOrderTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private ShardIndex _index = null!;

    public async ValueTask InitializeAsync() => _index = await TestImages.ShardsAsync(_folder, 5, [33, 20, 48]);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1000)]
    public void Every_sample_comes_exactly_once(int window)
    {
        long[] order = Ids(new EpochOrder(Part(), 1, 0, window));
        Assert.Equal(Enumerable.Range(0, 101).Select(id => (long)id), order.Order());
    }

    [Fact]
    public void The_order_is_a_function_of_seed_and_epoch()
    {
        long[] order = Ids(new EpochOrder(Part(), 1, 2, 4));
        Assert.Equal(order, Ids(new EpochOrder(Part(), 1, 2, 4)));
        Assert.NotEqual(order, Ids(new EpochOrder(Part(), 1, 3, 4)));
        Assert.NotEqual(order, Ids(new EpochOrder(Part(), 2, 2, 4)));
    }

    /// <summary>
    /// The order is part of every run's definition. If it changed, runs that resume from old checkpoints would train on
    /// other samples.
    /// </summary>
    [Fact]
    public void The_order_has_not_changed_since_version_0_1() => Assert.Equal(
        "90 16 88 17 18 10 19 12 14 91 13 87", string.Join(' ', Ids(new EpochOrder(Part(), 1, 2, 4)).Take(12)));

    [Fact]
    public void A_position_may_be_asked_for_first_and_in_any_order()
    {
        long[] order = Ids(new EpochOrder(Part(), 9, 1, 2));
        EpochOrder random = new(Part(), 9, 1, 2);
        foreach (int position in (int[])[100, 3, 57, 56, 0, 99, 3, 57])
            Assert.Equal(order[position], random.SampleAt(position));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.SampleAt(101));
    }

    [Fact]
    public void A_window_draws_from_no_more_row_groups_than_it_may_and_mixes_them()
    {
        EpochOrder order = new(Part(), 5, 0, 4);
        int[] groups = [.. Ids(order).Take(15).Select(sample => _index.Locate(sample).Group.Id)];
        Assert.InRange(groups.Distinct().Count(), 2, 4);
        Assert.True(groups.Zip(groups.Skip(1)).Count(pair => pair.First != pair.Second) > 4);
    }

    [Fact]
    public void Held_out_samples_are_the_same_for_every_seed_and_in_no_training_epoch()
    {
        SampleSplit train = new(_index, Split.Train, 0.2), held = new(_index, Split.Validation, 0.2);
        Assert.Equal(101, train.Total + held.Total);
        Assert.InRange(held.Total, 8, 35);
        long[] trained = Ids(new EpochOrder(train, 1, 0, 3)), other = Ids(new EpochOrder(train, 77, 4, 3));
        Assert.Equal(trained.Order(), other.Order());
        long[] validated = [.. Enumerable.Range(0, _index.RowGroups.Count).SelectMany(held.SamplesIn)];
        Assert.Equal(Enumerable.Range(0, 101).Select(id => (long)id), trained.Concat(validated).Order());
        Assert.All(validated, sample => Assert.False(train.Contains(sample)));
        Assert.Equal(held.Total, Enumerable.Range(0, _index.RowGroups.Count).Sum(held.CountIn));
    }

    [Fact]
    public void Windows_without_a_sample_of_the_split_are_passed_over()
    {
        SampleSplit few = new(_index, Split.Validation, 0.03);
        Assert.Contains(Enumerable.Range(0, _index.RowGroups.Count), group => few.CountIn(group) == 0);
        long[] order = Ids(new EpochOrder(few, 3, 0, 1));
        Assert.Equal(Enumerable.Range(0, 101).Select(id => (long)id).Where(few.Contains), order.Order());
    }

    [Fact]
    public void A_split_without_samples_is_refused()
    {
        StarlingException e = Assert.Throws<StarlingException>(() => new SampleSplit(_index, Split.Validation, 0));
        Assert.Contains("Validation", e.Message, StringComparison.Ordinal);
    }

    private SampleSplit Part() => new(_index, Split.All, 0);

    private static long[] Ids(EpochOrder order) =>
        [.. Enumerable.Range(0, (int)order.Total).Select(position => order.SampleAt(position))];
}
