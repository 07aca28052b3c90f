using Starling.Data.Shards;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Shards;

public sealed class RowGroupCacheTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Many_threads_that_want_one_group_cause_one_load()
    {
        RowGroupCache cache = new(await TestImages.ShardsAsync(_folder, 8, [40]), long.MaxValue);
        using Barrier together = new(8);
        RowGroupData[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(() =>
        {
            together.SignalAndWait();
            return cache.Get(3);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal(1, cache.Loads);
        Assert.All(all, data => Assert.Same(all[0], data));
    }

    [Fact]
    public async Task Groups_used_longest_ago_leave_first_and_bytes_stay_within_the_capacity()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, 8, [40]);
        long[] bytes = [.. index.RowGroups.Select(group => index.Load(group.Id).Bytes)];
        long capacity = bytes.Order().TakeLast(2).Sum();
        RowGroupCache cache = new(index, capacity);
        RowGroupData first = cache.Get(0);
        cache.Get(1);
        Assert.Same(first, cache.Get(0));
        cache.Get(2);
        Assert.Same(first, cache.Get(0));
        Assert.Equal(3, cache.Loads);
        cache.Get(1);
        Assert.Equal(4, cache.Loads);
        for (int id = 0; id < 5; id++)
        {
            cache.Get(id);
            Assert.InRange(cache.Bytes, 1, capacity);
        }
    }

    [Fact]
    public async Task A_group_larger_than_the_capacity_is_still_handed_out()
    {
        RowGroupCache cache = new(await TestImages.ShardsAsync(_folder, 8, [40]), 1);
        long one = cache.Get(0).Bytes, two = cache.Get(1).Bytes;
        Assert.True(one > 1);
        Assert.Equal(two, cache.Bytes);
    }

    [Fact]
    public async Task A_failed_load_is_tried_again()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, 8, [40]);
        RowGroupCache cache = new(index, long.MaxValue);
        string away = _folder.File("away");
        File.Move(index.Files[0], away);
        Assert.Throws<FileNotFoundException>(() => cache.Get(0));
        File.Move(away, index.Files[0]);
        Assert.Equal(8, cache.Get(0).Info.Rows);
    }
}
