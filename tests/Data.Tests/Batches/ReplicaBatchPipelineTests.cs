using Starling.Data.Batches;
using Starling.Data.Shards;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Batches;

public sealed class ReplicaBatchPipelineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Any_number_of_workers_gives_the_same_batches()
    {
        ShardIndex index = ShardIndex.Open([EmbeddedData.Path]);
        string[] hashes = [await HashAsync(index, 1), await HashAsync(index, 2), await HashAsync(index, 4)];
        Assert.Equal(hashes[0], hashes[1]);
        Assert.Equal(hashes[0], hashes[2]);
    }

    /// <summary>One batch that cannot be made says nothing about the others.</summary>
    [Fact]
    public async Task A_batch_that_cannot_be_made_is_answered_with_its_error_and_the_others_are_made()
    {
        await using ReplicaBatchPipeline pipeline = new(await SmallAsync(), 1, 4, 4);
        foreach (int replica in (int[])[0, 99, 1]) Assert.True(pipeline.TryRequest(0, replica));
        BatchResult[] results = [await ReadAsync(), await ReadAsync(), await ReadAsync()];
        Assert.Equal([0, 99, 1], results.Select(result => result.Replica));
        Assert.Equal([0, 1], results.Where(result => result.Failure is null).Select(result => result.Batch!.Replica));
        Assert.IsType<ArgumentOutOfRangeException>(results[1].Failure);

        async Task<BatchResult> ReadAsync() =>
            await pipeline.Results.ReadAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_disk_that_fails_for_a_while_costs_the_batches_of_that_time_only()
    {
        ShardIndex index = await TestImages.ShardsAsync(_folder, 8, [40, 30]);
        bool works = false;
        BatchFactory factory = new(index, new BatchOptions { ImageSize = 8, GlobalBatch = 16, Replicas = 4 }, null,
            file => works ? File.OpenRead(file) : throw new IOException("Input/output error"));
        await using ReplicaBatchPipeline pipeline = new(factory, 1, 4, 4);
        foreach (bool now in (bool[])[false, true])
        {
            works = now;
            Assert.True(pipeline.TryRequest(2, 1));
            BatchResult result = await pipeline.Results.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal(now, result.Failure is not IOException);
            Assert.Equal(now, result.Batch is not null);
        }
    }

    [Fact]
    public async Task Completing_answers_what_was_asked_for_and_ends()
    {
        await using ReplicaBatchPipeline pipeline = new(await SmallAsync(), 2, 8, 8);
        for (int replica = 0; replica < 4; replica++) Assert.True(pipeline.TryRequest(3, replica));
        pipeline.Complete();
        Assert.False(pipeline.TryRequest(4, 0));
        List<ReplicaBatch> batches = await BatchesAsync(pipeline);
        Assert.Equal([0, 1, 2, 3], batches.Select(batch => batch.Replica).Order());
        Assert.Equal((0, 8), (pipeline.QueueDepth, pipeline.QueueCapacity));
    }

    [Fact]
    public async Task A_full_queue_refuses_requests_and_disposing_ends_every_thread()
    {
        ReplicaBatchPipeline pipeline = new(await SmallAsync(), 2, 2, 1);
        // There is room for 1 finished batch, 2 batches that the threads hold, and 2 waiting requests.
        for (int step = 0; step < 5; step++) await RequestAsync(pipeline, step, 0);
        Assert.Equal(1, pipeline.QueueDepth);
        Assert.False(pipeline.TryRequest(5, 0));
        await pipeline.Results.ReadAsync();
        await RequestAsync(pipeline, 5, 0);
        Assert.False(pipeline.TryRequest(6, 0));
        await pipeline.DisposeAsync();
        Assert.False(pipeline.HasLiveThreads);
        await pipeline.DisposeAsync();
    }

    /// <summary>Repeats a request until it is accepted.</summary>
    private static Task RequestAsync(ReplicaBatchPipeline pipeline, long step, int replica) =>
        UntilAsync(() => pipeline.TryRequest(step, replica));

    private static async Task UntilAsync(Func<bool> holds)
    {
        using CancellationTokenSource timeout =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromMinutes(1));
        while (!holds()) await Task.Delay(1, timeout.Token);
    }

    /// <summary>Reads to the end, and asserts that nothing failed.</summary>
    private static async Task<List<ReplicaBatch>> BatchesAsync(ReplicaBatchPipeline pipeline) =>
        [.. (await pipeline.Results.ReadAllAsync().ToListAsync()).Select(result => result.Batch!)];

    private static async Task<string> HashAsync(ShardIndex index, int workers)
    {
        BatchOptions options = new() { ImageSize = 32, GlobalBatch = 64, Replicas = 4, Seed = 7, WindowRowGroups = 2 };
        await using ReplicaBatchPipeline pipeline = new(new BatchFactory(index, options), workers, 6, 2);
        long[] steps = [0, 1, 51, 52, 53];
        Task asking = Task.Run(async () =>
        {
            foreach (long step in steps)
                for (int replica = 0; replica < options.Replicas; replica++)
                    await RequestAsync(pipeline, step, replica);
            pipeline.Complete();
        });
        List<ReplicaBatch> batches = await BatchesAsync(pipeline);
        await asking;
        batches = [.. batches.OrderBy(batch => batch.Step).ThenBy(batch => batch.Replica)];
        Assert.Equal(steps.SelectMany(step => Enumerable.Range(0, 4).Select(replica => (step, replica))),
            batches.Select(batch => (batch.Step, batch.Replica)));
        return Hashes.Of(batches);
    }

    private async Task<BatchFactory> SmallAsync() => new(
        await TestImages.ShardsAsync(_folder, 8, [40, 30]),
        new BatchOptions { ImageSize = 8, GlobalBatch = 16, Replicas = 4 });
}
