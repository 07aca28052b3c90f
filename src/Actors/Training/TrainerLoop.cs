using System.Threading.Channels;
using Starling.Actors.Collectives;
using Starling.Actors.Protocol;
using Starling.Model.Replicas;
using Starling.Model.Snapshots;
using Starling.Model.Training;
using static TorchSharp.torch;

namespace Starling.Actors.Training;

/// <summary>
/// Does a trainer's work on a thread of its own: joins a generation, gets the generation's state, then takes batches,
/// tokenizes, makes steps, and copies the state when a checkpoint is due. All methods but <see cref="Join"/> may be
/// called from any thread and return at once.
/// </summary>
/// <remarks>
/// When a generation ends, the state is that after the last step that this trainer applied. The trainer loses its state
/// in two cases: the loop fails, or the copy of another trainer's state breaks (<see cref="StateSync"/>).
/// </remarks>
public sealed class TrainerLoop : IDisposable
{
    private const int SnapshotSets = 2; // one is written to disk while the next copy goes into the other

    private readonly TrainerSetup _setup;
    private readonly ITrainerReports _reports;
    private readonly TrainerThread _thread;
    private volatile Assignment? _part;
    private volatile bool _disposed;

    // The fields below belong to the trainer's thread.
    private readonly TrainerMemory _memory;
    private readonly SnapshotBuffers _snapshots = new(SnapshotSets);
    private ICollectiveGroup? _group;
    private StepResult? _last;

    /// <summary>Starts the thread, which waits for work.</summary>
    public TrainerLoop(TrainerSetup setup, ITrainerReports reports)
    {
        _setup = setup;
        _reports = reports;
        _memory = new TrainerMemory(setup.Settings, setup.Checkpoints, reports.Note);
        Permit = new StepPermit(setup.Lease, setup.Time);
        _thread = new TrainerThread("trainer", Fail);
    }

    /// <summary>The permit that has to be valid to apply a step.</summary>
    public StepPermit Permit { get; }

    private long Steps => _setup.Settings.Step.Training.Steps;

    /// <summary>
    /// Joins a generation. The previous generation is aborted at once, which ends its waits. Then the trainer loads the
    /// tokenizer and allocates the state if it has not yet; a host binds an endpoint and reports its state.
    /// </summary>
    public void Bind(Assignment part)
    {
        _part?.Abort($"generation {part.Generation} is formed");
        _part = part;
        Post(part, () =>
        {
            _group?.Dispose();
            _group = null;
            _memory.Prepare();
            if (part.IsSpare)
            {
                _reports.Ready(part.Generation, -1, -1);
                return;
            }
            int world = part.Hosting.Ranks;
            if (world > 1)
            {
                _group = _setup.Engine.Bind(new GroupMember(part.Generation, part.Rank, world), _setup.Collective);
                // Runs on the thread that aborts the assignment; or here and now if it is aborted already.
                part.Aborted.Register(state => ((ICollectiveGroup)state!).Abort(part.Reason), _group);
            }
            _reports.Bound(part.Generation, _group?.EngineAddress ?? [], _memory.Step, _memory.Checkpoint);
        });
    }

    /// <summary>Connects to the other hosts and takes over the source's state.</summary>
    /// <param name="engineAddresses">The hosts' endpoints, by rank.</param>
    /// <param name="source">Rank of the host whose state all hosts go on from.</param>
    /// <param name="fromDisk">
    /// Whether the source first loads the newest good checkpoint, or creates the initial state if there is none.
    /// </param>
    public void Connect(IReadOnlyList<byte[]> engineAddresses, int source, bool fromDisk) => Post(part =>
    {
        _group?.Connect(engineAddresses,
            new GroupPlan(_memory.Layouts, ClusterExchange.DefaultBucketElements, part.Hosting).Hash());
        if (fromDisk && part.Rank == source) _memory.Load(part.Aborted);
        if (_group is not null) StateSync.Run(_group, _memory, source);
        _reports.Ready(part.Generation, _memory.Step, _memory.Checkpoint);
    });

    /// <summary>Makes steps from a channel of batches, up to the run's last step or a halt.</summary>
    /// <param name="batches">One batch for each step, in order; closed when the generation is over.</param>
    /// <param name="stored">Step of the last committed checkpoint; −1 for none.</param>
    public void Train(ChannelReader<StepBatch> batches, long stored) => Post(part => Run(part, batches, stored));

    /// <summary>Stops the generation at the next step boundary; rank 0 then stores the state.</summary>
    public void Halt() => _part?.Halt();

    /// <summary>Aborts the generation; the state stays.</summary>
    public void Abort(string reason) => _part?.Abort(reason);

    /// <summary>Aborts the generation, and has the thread free the state and end.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Abort("the trainer ends");
        _thread.Post(Release);
        _thread.Dispose();
    }

    /// <summary>Waits for the thread's end after <see cref="Dispose"/>.</summary>
    public bool Join(TimeSpan timeout) => _thread.Join(timeout);

    private void Post(Action<Assignment> work)
    {
        if (_part is { } part) Post(part, () => work(part));
    }

    /// <summary>
    /// Queues work for an assignment. If the exchange fails, the loop reports that and keeps its state. Any other
    /// exception passes through <see cref="TrainerThread"/> to <see cref="Fail"/>, which frees the state.
    /// </summary>
    private void Post(Assignment part, Action work) => _thread.Post(() =>
    {
        if (part.Aborted.IsCancellationRequested) return;
        using var scope = NewDisposeScope();
        try
        {
            work();
        }
        catch (Exception e) when (
            e is OperationCanceledException or CollectiveException && part.Aborted.IsCancellationRequested)
        {
            // The assignment was aborted, and its aborter needs no report.
        }
        catch (CollectiveException e)
        {
            _reports.ExchangeBroke(part.Generation, e.Message);
        }
    });

    private void Run(Assignment part, ChannelReader<StepBatch> batches, long stored)
    {
        TrainingState state = _memory.State;
        TimeProvider time = _setup.Time;
        using ClusterExchange? cluster = _group is null ? null : new ClusterExchange(_group, part.Hosting, time);
        StepExchange exchange = new(
            cluster ?? (IReplicaExchange)new LocalExchange(part.Hosting.Replicas), Permit, time, part.Aborted);
        using TrainStep step = new(state, _setup.Settings.Step, exchange, _memory.Workers);
        // If a checkpoint of this step is due, an earlier generation may have failed to commit it.
        if (state.Step > 0) Store(due: IsDue(state.Step));
        long mark = time.GetTimestamp();
        while (state.Step < Steps && !part.Halted.IsCancellationRequested)
        {
            long asked = time.GetTimestamp();
            int depth = batches.Count;
            if (Take(part, batches, state.Step, out bool closed) is not { } batch)
            {
                if (closed) return; // another generation is formed
                continue;
            }
            TimeSpan waited = time.GetElapsedTime(asked);

            long start = time.GetTimestamp();
            _last = Step(step, batch, part.Aborted);
            long now = time.GetTimestamp();
            TimeSpan exchanged = exchange.TakeTime();
            _reports.Stepped(part.Generation, _last,
                new StepTiming(waited, time.GetElapsedTime(mark, now), depth, Tensor.TotalCount)
                {
                    Exchanged = exchanged,
                    Busy = time.GetElapsedTime(start, now) - exchanged,
                    Exchange = cluster?.TakeTimes(),
                },
                [.. batch.Replicas.SelectMany(r => r.Bad)]);
            mark = now;
            Store(due: IsDue(state.Step));
        }
        Store(due: true);
        _reports.Ended(part.Generation, state.Step);

        void Store(bool due)
        {
            if (part.Rank != 0 || !due || state.Step <= stored) return;
            long start = time.GetTimestamp();
            CheckpointSnapshot snapshot =
                _snapshots.Capture(state.Step, part.Generation, state.Vectors(), part.Aborted);
            LossParts? losses = _last?.Step == state.Step ? _last.Losses : null;
            _reports.Captured(snapshot, losses, time.GetElapsedTime(start));
            stored = state.Step;
        }
    }

    private bool IsDue(long step) => step % _setup.Settings.CheckpointEverySteps == 0;

    private StepResult Step(TrainStep step, StepBatch batch, CancellationToken abort)
    {
        using var scope = NewDisposeScope();
        PhaseClock clock = new(_setup.Time);
        ReplicaTokens[] tokens = _memory.Tokenize(batch, abort);
        clock.Mark(StepPhase.Tokenize);
        return step.Run(tokens, clock, abort);
    }

    /// <summary>Waits for the next batch; null if the channel was closed, or if a halt ended the wait.</summary>
    private static StepBatch? Take(Assignment part, ChannelReader<StepBatch> batches, long step, out bool closed)
    {
        closed = false;
        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(part.Aborted, part.Halted);
        try
        {
            do
            {
                part.Aborted.ThrowIfCancellationRequested();
                if (!batches.TryRead(out StepBatch? batch)) continue;
                return batch.Step == step
                    ? batch
                    : throw new InvalidOperationException($"got the batch of step {batch.Step} instead of {step}");
            }
            // The trainer's thread has nothing else to do, so it may block.
            while (batches.WaitToReadAsync(stop.Token).AsTask().GetAwaiter().GetResult());
            closed = true;
        }
        catch (OperationCanceledException) when (!part.Aborted.IsCancellationRequested)
        {
            // A halt ends the wait, so that a trainer whose data does not come can store its state.
        }
        return null;
    }

    private void Fail(Exception reason)
    {
        Abort(reason.Message); // work that is posted for this generation is skipped, because the state is gone
        Release();
        if (!_disposed) _reports.Failed(reason); // a failure of a loop that is ending concerns no one
    }

    private void Release()
    {
        _group?.Dispose();
        _group = null;
        _memory.Dispose();
    }
}
