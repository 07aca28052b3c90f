using Starling.Actors.Configuration;
using Starling.Actors.Loading;
using Starling.Actors.Shares;
using Starling.Actors.Tests.Support;
using Starling.Actors.Training;
using Starling.Data;
using Starling.Data.Batches;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Training;
using TorchSharp;

namespace Starling.Actors.Tests.Loading;

public sealed class TokenSourceTests(TinyAssets assets)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>The codes are equal bit for bit, for any number of threads and any composition of chunks.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Loaders_make_the_codes_that_trainers_make(int threads)
    {
        StarlingOptions options = Options();
        BatchFactory factory = TestBatches.Factory(options);
        await using TokenSource source = Open(options, threads);
        (long Step, int Replica)[] asked = [.. from step in (long[])[3, 0, 7] from replica in (int[])[5, 2, 0, 1]
            select (step, replica)];
        _ = AskAsync(source, asked);
        List<ReplicaShare> shares = await ReadAsync(source, asked.Length);
        Assert.Equal(asked.Order(), shares.Select(s => (s.Step, s.Replica)).Order());
        foreach (ReplicaShare share in shares)
        {
            PixelShare pixels = new(factory.Create(share.Step, share.Replica));
            Assert.Equal(pixels.Labels, share.Labels);
            Assert.Equal(Tokens(pixels), Tokens(share));
        }
    }

    [Fact]
    public void A_step_may_mix_tokens_and_pixels_and_keeps_the_replicas_apart()
    {
        BatchFactory factory = TestBatches.Factory(Options());
        PixelShare[] pixels = [.. Enumerable.Range(0, 3).Select(replica => new PixelShare(factory.Create(1, replica)))];
        long[][] alone = [.. pixels.Select(p => Tokens(p))];
        PixelShare p1 = pixels[1];
        TokenShare tokens = new(1, 1, p1.Batch.Views, alone[1].Length / p1.Batch.Images / p1.Batch.Views,
            alone[1].Select(code => (int)code).ToArray(), p1.Labels, []);
        Assert.Equal(alone.SelectMany(codes => codes), Tokens(pixels[0], tokens, pixels[2]));
    }

    [Fact]
    public void Codes_that_the_tokenizer_does_not_have_are_refused_before_they_index_anything()
    {
        foreach (int code in (int[])[32, -1, int.MaxValue])
        {
            TokenShare foreign = new(4, 1, 1, 2, new int[] { 0, code }, [3], []);
            Assert.Contains("not of 32 codes",
                Assert.Throws<InvalidOperationException>(() => Tokens(foreign)).Message);
        }
    }

    [Fact]
    public async Task A_tokenizer_that_cannot_be_opened_ends_the_source_with_the_reason()
    {
        StarlingOptions options = Options();
        await using TokenSource source = new(Pipeline(options), () => VqTokenizer.Load("none.safetensors"), 1, 2);
        StarlingException failure = await Assert.ThrowsAsync<StarlingException>(() => ReadAsync(source, 1));
        Assert.Contains("none.safetensors", failure.Message);
    }

    [Fact]
    public async Task A_share_whose_images_cannot_be_read_is_said_and_the_next_ones_are_made()
    {
        StarlingOptions options = Options();
        int opened = 0;
        BatchFactory factory = TestBatches.Factory(options, null, file => Interlocked.Increment(ref opened) == 1
            ? throw new IOException("Input/output error") : File.OpenRead(file));
        await using TokenSource source = new(new ReplicaBatchPipeline(factory, 1, 4, 4),
            () => VqTokenizer.Load(assets.Tokenizer), 1, 4);
        _ = AskAsync(source, [(0, 0), (0, 0)]);
        List<ShareResult> made = await source.ReadAsync(TestContext.Current.CancellationToken).Take(2)
            .ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, 0, "Input/output error"), (made[0].Step, made[0].Replica, made[0].Failure?.Message));
        Assert.IsType<TokenShare>(made[1].Share);
    }

    [Fact]
    public async Task Disposing_ends_all_threads_with_work_under_way()
    {
        StarlingOptions options = Options();
        TokenSource source = Open(options, threads: 2);
        _ = AskAsync(source, [.. Enumerable.Range(0, 20).Select(step => ((long)step, 0))]);
        await ReadAsync(source, 1);
        await source.DisposeAsync().AsTask().WaitAsync(Timeout, TestContext.Current.CancellationToken);
        await source.DisposeAsync();
    }

    private StarlingOptions Options() => StarlingConfiguration.Read("configs/tiny.json",
        [.. RunBench.Settings(assets), "data.workers=2", "data.prefetch=4"]);

    private static ReplicaBatchPipeline Pipeline(StarlingOptions options) =>
        new(TestBatches.Factory(options), options.Data.Workers, options.Data.Prefetch, options.Data.Prefetch);

    private TokenSource Open(StarlingOptions options, int threads) =>
        new(Pipeline(options), () => VqTokenizer.Load(assets.Tokenizer), threads, options.Data.Prefetch);

    private long[] Tokens(params ReplicaShare[] shares)
    {
        using var scope = torch.NewDisposeScope();
        using VqTokenizer tokenizer = VqTokenizer.Load(assets.Tokenizer);
        using WorkerThreads workers = new(1);
        ReplicaTokens[] tokens = StepTokens.Of(
            new StepBatch(shares[0].Step, shares), tokenizer, workers, torch.CPU, CancellationToken.None);
        Assert.Equal(shares.Select(s => s.Replica), tokens.Select(t => t.Replica));
        return [.. tokens.SelectMany(t => HostTensor.From("codes", t.Codes_bMT).ToTensor().data<long>().ToArray())];
    }

    private static async Task AskAsync(TokenSource source, (long Step, int Replica)[] asked)
    {
        foreach ((long step, int replica) in asked)
            while (!source.TryRequest(step, replica)) await Task.Delay(1, TestContext.Current.CancellationToken);
    }

    private static async Task<List<ReplicaShare>> ReadAsync(TokenSource source, int count)
    {
        using CancellationTokenSource end = new(Timeout);
        List<ReplicaShare> shares = [];
        await foreach (ShareResult made in source.ReadAsync(end.Token))
        {
            shares.Add(made.Share ?? throw new InvalidOperationException("no share", made.Failure));
            if (shares.Count == count) break;
        }
        return shares;
    }
}
