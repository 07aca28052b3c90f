using System.Diagnostics;
using System.Threading.Channels;
using Starling.Actors.Collectives.InProcess;
using Starling.Actors.Configuration;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Hosting;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Shares;
using Starling.Actors.Tests.Support;
using Starling.Actors.Training;
using Starling.Data.Batches;
using Starling.Model.Snapshots;
using Starling.Model.Training;

namespace Starling.Actors.Tests.Training;

/// <summary>
/// Trains while another thread collects garbage without a pause. TorchSharp frees a tensor when its wrapper is
/// finalized, even in the middle of a native call that still uses the tensor. So many collections find every wrapper
/// that is not kept alive for the whole of a call, and the number of live tensors shows every tensor that is not freed.
/// </summary>
public sealed class GarbageCollectionTests(TinyAssets assets) : IDisposable
{
    private const int Collections = 20_000, WarmUpSteps = 30, MinimumSteps = 200;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Training_survives_twenty_thousand_collections_with_as_many_tensors_as_before()
    {
        StarlingOptions options = StarlingConfiguration.Read("configs/tiny.json",
            [.. RunBench.Settings(assets), "training.steps=1000000", "checkpoint.everySteps=7"]);
        RunContext run = RunContext.Open(options, _folder["run"]);
        BatchFactory batches = TestBatches.Factory(options);
        Channel<StepBatch> steps = Channel.CreateBounded<StepBatch>(2);
        CollectionStorm storm = new(Collections);
        Witness witness = new();
        using TrainerLoop loop = new(new TrainerSetup
        {
            Name = "t",
            Incarnations = new Incarnations(1),
            Settings = TrainerWiring.SettingsOf(run, force: false),
            Checkpoints = run.Checkpoints,
            Prefetch = 2,
            Engine = new InProcessEngine(),
            Lease = Timeout,
        }, witness);
        witness.OnStep = step =>
        {
            if (step == WarmUpSteps) storm.Start();
            if (step >= WarmUpSteps + MinimumSteps && storm.Ended) loop.Halt();
        };
        using CancellationTokenSource stop = new();
        Task feeding = Task.Run(() => FeedAsync(batches, steps.Writer, options.Training.Replicas, stop.Token));
        loop.Permit.Renew();
        loop.Bind(new Assignment(1, 0, HostingPlan.Deal(["t"], options.Training.Replicas)));
        loop.Connect([[]], source: 0, fromDisk: true);
        loop.Train(steps.Reader, stored: -1);
        await witness.Done.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await feeding;
        loop.Dispose();
        Assert.True(loop.Join(Timeout));

        Assert.True(storm.Made >= Collections);
        (long tensors, long bytes) first = witness.At(WarmUpSteps), last = witness.Last;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{witness.Steps} steps, {storm.Made} collections, {first.tensors} -> {last.tensors} tensors, " +
            $"{first.bytes >> 20} -> {last.bytes >> 20} MiB");
        Assert.Equal(first.tensors, last.tensors);
    }

    private static async Task FeedAsync(BatchFactory batches, ChannelWriter<StepBatch> steps, int replicas,
        CancellationToken stop)
    {
        try
        {
            for (long step = 0; ; step++)
                await steps.WriteAsync(new StepBatch(step,
                    [.. Enumerable.Range(0, replicas).Select(r => new PixelShare(batches.Create(step, r)))]), stop);
        }
        catch (OperationCanceledException)
        {
            // The loop was halted.
        }
    }

    /// <summary>A thread that collects garbage without a pause.</summary>
    private sealed class CollectionStorm(int collections)
    {
        private int _made;
        private int _started;

        public int Made => Volatile.Read(ref _made);

        public bool Ended => Made >= collections;

        public void Start()
        {
            if (Interlocked.Exchange(ref _started, 1) == 0)
                new Thread(Collect) { IsBackground = true, Name = "collections" }.Start();
        }

        private void Collect()
        {
            for (int i = 0; i < collections; i++)
            {
                GC.Collect(0);
                Interlocked.Increment(ref _made);
            }
        }
    }

    /// <summary>
    /// Counts live tensors and the process's memory after every step. The memory is only logged: how much of it the
    /// allocator keeps is the allocator's decision. Snapshots are thrown away.
    /// </summary>
    private sealed class Witness : ITrainerReports
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<(long Tensors, long Bytes)> _seen = [];

        public Action<long> OnStep { get; set; } = _ => { };

        public Task Done => _done.Task;

        public int Steps => _seen.Count;

        public (long Tensors, long Bytes) Last => _seen[^1];

        public (long Tensors, long Bytes) At(int step) => _seen[step - 1];

        public void Bound(long generation, byte[] engineAddress, long step, long checkpoint)
        {
        }

        public void Ready(long generation, long step, long checkpoint)
        {
        }

        public void Stepped(long generation, StepResult result, StepTiming timing, IReadOnlyList<BadImage> bad)
        {
            using Process self = Process.GetCurrentProcess();
            _seen.Add((timing.LiveTensors, self.WorkingSet64));
            OnStep(result.Step);
        }

        public void Captured(CheckpointSnapshot snapshot, LossParts? losses, TimeSpan blocked) => snapshot.Dispose();

        public void ExchangeBroke(long generation, string reason) => _done.TrySetException(new IOException(reason));

        public void Ended(long generation, long step) => _done.TrySetResult();

        public void Note(string line)
        {
        }

        public void Failed(Exception reason) => _done.TrySetException(reason);
    }
}
