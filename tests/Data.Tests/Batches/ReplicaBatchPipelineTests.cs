using System.Threading.Channels;
using Starling.Data.Batches;
using Starling.Data.Shards;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Batches;

public sealed class ReplicaBatchPipelineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Any_number_of_workers_gives_the_same_batches_in_the_order_of_the_requests()
    {
        ShardIndex index = ShardIndex.Open([EmbeddedData.Path]);
        string[] hashes = [await HashAsync(index, 1), await HashAsync(index, 2), await HashAsync(index, 4)];
        Assert.Equal(hashes[0], hashes[1]);
        Assert.Equal(hashes[0], hashes[2]);
    }

    [Fact]
    public async Task A_failed_batch_ends_the_queue_with_its_error_after_those_before_it()
    {
        await using ReplicaBatchPipeline pipeline = new(await SmallAsync(), 2, 4, 4);
        await pipeline.RequestAsync(0, 0);
        await pipeline.RequestAsync(0, 99);
        Assert.Equal(0, (await pipeline.Batches.ReadAsync()).Replica);
        ChannelClosedException closed =
            await Assert.ThrowsAsync<ChannelClosedException>(async () => await pipeline.Batches.ReadAsync());
        Assert.IsType<ArgumentOutOfRangeException>(closed.InnerException);
        await Assert.ThrowsAsync<ChannelClosedException>(async () =>
        {
            for (int step = 0; step < 100; step++) await pipeline.RequestAsync(step, 0);
        });
    }

    [Fact]
    public async Task Completing_answers_what_was_asked_for_and_ends()
    {
        await using ReplicaBatchPipeline pipeline = new(await SmallAsync(), 2, 8, 8);
        for (int replica = 0; replica < 4; replica++) await pipeline.RequestAsync(3, replica);
        pipeline.Complete();
        List<ReplicaBatch> batches = await pipeline.Batches.ReadAllAsync().ToListAsync();
        Assert.Equal([0, 1, 2, 3], batches.Select(batch => batch.Replica));
        Assert.Equal(4, pipeline.Statistics.Batches);
        Assert.Equal(4, pipeline.Statistics.Requests);
        Assert.Equal(batches.Sum(batch => batch.Images), pipeline.Statistics.Images);
        Assert.Equal((0, 8), (pipeline.Statistics.QueueDepth, pipeline.Statistics.QueueCapacity));
    }

    [Fact]
    public async Task A_full_queue_holds_up_requests_and_disposing_ends_every_thread()
    {
        ReplicaBatchPipeline pipeline = new(await SmallAsync(), 2, 2, 1);
        // Room for 1 finished, 1 with the emitter, 2 in order: one of ten requests must wait, and it cannot end alone.
        Task asking = AskAsync(pipeline, 10);
        await pipeline.Batches.WaitToReadAsync();
        Assert.False(asking.IsCompleted);
        Assert.InRange(pipeline.Statistics.Requests, 1, 4);
        await pipeline.DisposeAsync();
        await Assert.ThrowsAsync<ChannelClosedException>(() => asking);
        Assert.False(pipeline.HasLiveThreads);
        await pipeline.DisposeAsync();
    }

    private static async Task AskAsync(ReplicaBatchPipeline pipeline, int steps)
    {
        for (int step = 0; step < steps; step++) await pipeline.RequestAsync(step, 0);
    }

    private static async Task<string> HashAsync(ShardIndex index, int workers)
    {
        BatchOptions options = new() { ImageSize = 32, GlobalBatch = 64, Replicas = 4, Seed = 7, WindowRowGroups = 2 };
        await using ReplicaBatchPipeline pipeline = new(new BatchFactory(index, options), workers, 6, 2);
        long[] steps = [0, 1, 51, 52, 53];
        Task asking = Task.Run(async () =>
        {
            foreach (long step in steps)
                for (int replica = 0; replica < options.Replicas; replica++) await pipeline.RequestAsync(step, replica);
            pipeline.Complete();
        });
        List<ReplicaBatch> batches = await pipeline.Batches.ReadAllAsync().ToListAsync();
        await asking;
        Assert.Equal(steps.SelectMany(step => Enumerable.Range(0, 4).Select(replica => (step, replica))),
            batches.Select(batch => (batch.Step, batch.Replica)));
        return Hashes.Of(batches);
    }

    private async Task<BatchFactory> SmallAsync() => new(
        await TestImages.ShardsAsync(_folder, 8, [40, 30]),
        new BatchOptions { ImageSize = 8, GlobalBatch = 16, Replicas = 4 });
}
