using Starling.Data.Ordering;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Ordering;

public sealed class StepOrderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Steps_walk_through_epochs_and_drop_the_remainder()
    {
        SampleSplit split = new(await TestImages.ShardsAsync(_folder, 5, [23]), Split.All, 0);
        StepOrder order = new(split, 1, 5, 2);
        Assert.Equal((4, 5), (order.StepsPerEpoch, order.GlobalBatch));
        Assert.Equal(3, split.Total - (order.StepsPerEpoch * order.GlobalBatch));
        Assert.Equal([0, 0, 0, 0, 1, 1], Enumerable.Range(0, 6).Select(step => order.EpochOf(step)));
        Assert.Equal([0, 5, 10, 15, 0, 5], Enumerable.Range(0, 6).Select(step => order.FirstPosition(step)));
        Assert.Equal((7L, 8L, 9L), (order.Epoch(7).Epoch, order.Epoch(8).Epoch, order.Epoch(9).Epoch));
        Assert.Same(order.Epoch(9), order.Epoch(9));
    }

    [Fact]
    public async Task A_batch_larger_than_the_split_is_refused()
    {
        SampleSplit split = new(await TestImages.ShardsAsync(_folder, 5, [23]), Split.All, 0);
        StarlingException e = Assert.Throws<StarlingException>(() => new StepOrder(split, 1, 24, 2));
        Assert.Contains("24", e.Message, StringComparison.Ordinal);
        Assert.Contains("23", e.Message, StringComparison.Ordinal);
    }
}
