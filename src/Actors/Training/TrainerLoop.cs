using System.Threading.Channels;
using Starling.Data.Batches;
using Starling.Model.Checkpoints;
using Starling.Model.Replicas;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Starling.Actors.Training;

/// <summary>
/// A trainer's work on its own thread: load the state, then take batches, tokenise, step, and copy the state for a
/// checkpoint where one is due. All its methods may be called from any thread and return at once.
/// </summary>
public sealed class TrainerLoop : IDisposable
{
    private const int SnapshotSets = 2; // one being written, one to copy into

    private readonly TrainerSettings _settings;
    private readonly CheckpointStore _checkpoints;
    private readonly ITrainerReports _reports;
    private readonly TimeProvider _time;
    private readonly TrainerThread _thread;
    private readonly SnapshotBuffers _snapshots = new(SnapshotSets);
    private readonly CancellationTokenSource _abandon = new();
    private readonly Lock _gate = new();
    private CancellationTokenSource _halt = new();
    private long _halted; // generation that is to stop at its next step boundary

    // Owned by the thread.
    private TrainingState? _state;
    private VqTokenizer? _tokenizer;
    private WorkerThreads? _workers;
    private long _loaded = -1;

    /// <summary>A loop that does nothing yet.</summary>
    public TrainerLoop(
        TrainerSettings settings, CheckpointStore checkpoints, ITrainerReports reports, TimeProvider time)
    {
        _settings = settings;
        _checkpoints = checkpoints;
        _reports = reports;
        _time = time;
        _thread = new TrainerThread("trainer", Fail);
    }

    /// <summary>Says what state there is, once the work for earlier generations has ended.</summary>
    public void Bind(long generation) =>
        _thread.Post(() => _reports.Bound(generation, _state?.Step ?? -1, _loaded));

    /// <summary>Loads the newest good checkpoint, or makes the initial state, unless a state is held already.</summary>
    public void Prepare(long generation) => _thread.Post(() =>
    {
        using var scope = NewDisposeScope();
        TrainingOptions training = _settings.Step.Training;
        Device device = new(training.Device);
        if (device.type == DeviceType.CUDA) Aten.UseDeterministicAlgorithms();
        _workers ??= new WorkerThreads(device.type == DeviceType.CPU ? Threads(training) : 1);
        _tokenizer ??= VqTokenizer.Load(_settings.TokenizerPath, device, training.Precision == Precision.BFloat16);
        _state ??= Load(device);
        _reports.Ready(generation, _state.Step, _loaded);
    });

    /// <summary>Makes steps of a generation from a channel of batches, up to the run's last one or a halt.</summary>
    public void Train(long generation, ChannelReader<StepBatch> batches) =>
        _thread.Post(() => Run(generation, batches));

    /// <summary>Has a generation stop at its next step boundary and store its state.</summary>
    public void Halt(long generation)
    {
        lock (_gate)
        {
            _halted = generation;
            _halt.Cancel(); // a trainer that waits for a stuck shard has to store its state too
        }
    }

    /// <summary>Abandons the work at hand; the state is gone.</summary>
    public void Dispose()
    {
        if (_abandon.IsCancellationRequested) return;
        _abandon.Cancel();
        _thread.Post(Release);
        _thread.Dispose();
    }

    /// <summary>Waits for the thread's end after <see cref="Dispose"/>.</summary>
    public bool Join(TimeSpan patience) => _thread.Join(patience);

    private TrainingState Load(Device device)
    {
        LoadedCheckpoint? found = _checkpoints.LoadNewestGood(damage => _reports.Note(damage.Message));
        if (found is null)
            return TrainingState.Create(_settings.Shape, _settings.Step.SelfGuided, _settings.Step.Seed, device);
        CompatibilityCheck.Require(found, _settings.Run, _settings.Force, _reports.Note, _settings.ComparedSections);
        TrainingState state = TrainingState.Allocate(_settings.Shape, _settings.Step.SelfGuided, device);
        state.Restore(found.State);
        _loaded = state.Step;
        return state;
    }

    private void Run(long generation, ChannelReader<StepBatch> batches)
    {
        TrainingState state = _state ?? throw new InvalidOperationException("no state was prepared");
        LocalExchange exchange = new(_settings.Step.Training.Replicas);
        using TrainStep step = new(state, _settings.Step, exchange, _workers!);
        LossParts losses = default;
        // Not what an earlier generation captured: whether that reached the disk is not known here, and storing it
        // again costs nothing if it did.
        long captured = _loaded;
        long mark = _time.GetTimestamp();
        while (state.Step < _settings.Step.Training.Steps && !IsHalted(generation))
        {
            _abandon.Token.ThrowIfCancellationRequested();
            long before = _time.GetTimestamp();
            int depth = batches.Count;
            // A closed channel means that another generation was formed: keep the state and wait for its orders.
            if (Take(batches, state.Step, out bool closed) is not { } batch)
            {
                if (closed) return;
                continue;
            }
            TimeSpan waited = _time.GetElapsedTime(before);
            _reports.Taken(batch);

            StepResult result = Step(step, batch);
            losses = result.Losses;
            long now = _time.GetTimestamp();
            StepTiming timing = new(waited, _time.GetElapsedTime(mark, now), depth, Tensor.TotalCount);
            _reports.Stepped(generation, result, timing, [.. batch.Replicas.SelectMany(r => r.Bad)]);
            mark = now;

            bool due = state.Step % _settings.CheckpointEverySteps == 0;
            if (due) captured = Capture(state, generation, losses);
        }
        if (state.Step > captured) Capture(state, generation, losses);
        _reports.Ended(generation, state.Step);
    }

    /// <summary>The next batch; null when the channel was closed, or when a halt ended the wait.</summary>
    private StepBatch? Take(ChannelReader<StepBatch> batches, long step, out bool closed)
    {
        closed = false;
        using CancellationTokenSource stop = StopSource();
        while (true)
        {
            if (batches.TryRead(out StepBatch? batch))
            {
                if (batch.Step == step) return batch;
                throw new InvalidOperationException($"got the batch of step {batch.Step} instead of {step}");
            }
            // This thread has nothing else to do, so it may wait.
            try
            {
                closed = !batches.WaitToReadAsync(stop.Token).AsTask().GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            if (closed) return null;
        }
    }

    private CancellationTokenSource StopSource()
    {
        lock (_gate) return CancellationTokenSource.CreateLinkedTokenSource(_abandon.Token, _halt.Token);
    }

    private bool IsHalted(long generation)
    {
        lock (_gate)
        {
            if (_halted == generation) return true;
            // A halt that was meant for an older generation must not keep cutting this one's waits short.
            if (_halt.IsCancellationRequested) _halt = new CancellationTokenSource();
            return false;
        }
    }

    private StepResult Step(TrainStep step, StepBatch batch)
    {
        using var scope = NewDisposeScope();
        PhaseClock clock = new(_time);
        ReplicaTokens[] tokens = Tokenize(batch);
        clock.Mark(StepPhase.Tokenize);
        return step.Run(tokens, clock);
    }

    /// <summary>
    /// All hosted replicas in chunks, side by side; a picture's codes do not depend on what is in its chunk.
    /// </summary>
    private ReplicaTokens[] Tokenize(StepBatch batch)
    {
        ReplicaBatch first = batch.Replicas[0];
        int picture = 3 * first.Size * first.Size, perShare = first.Images * first.Views;
        int pictures = batch.Replicas.Count * perShare;
        Tensor[] codes = new Tensor[(pictures + VqTokenizer.Chunk - 1) / VqTokenizer.Chunk];
        _workers!.Run(codes.Length, (_, job) =>
        {
            using var scope = NewDisposeScope();
            int from = job * VqTokenizer.Chunk, count = Math.Min(VqTokenizer.Chunk, pictures - from);
            Tensor chunk = empty([count, 3, first.Size, first.Size], ScalarType.Byte, CPU);
            for (int i = 0; i < count; i++)
            {
                (int share, int view) = Math.DivRem(from + i, perShare);
                batch.Replicas[share].Pixels.AsSpan(view * picture, picture).CopyTo(chunk.bytes[(i * picture)..]);
            }
            codes[job] = _tokenizer!.Encode(chunk).DetachFromDisposeScope();
        });
        Tensor all = cat([.. codes.Select(c => c.Adopted())]);
        Tensor perReplica = all.view(batch.Replicas.Count, first.Images, first.Views, all.shape[1]);
        return [.. batch.Replicas.Select((r, i) => new ReplicaTokens(r.Replica, perReplica[i], r.Labels))];
    }

    private static int Threads(TrainingOptions training) =>
        Math.Min(training.Threads == 0 ? Environment.ProcessorCount : training.Threads, training.Replicas);

    private long Capture(TrainingState state, long generation, LossParts losses)
    {
        long start = _time.GetTimestamp();
        CheckpointSnapshot snapshot = _snapshots.Capture(state.Step, generation, state.Vectors(), _abandon.Token);
        _reports.Captured(snapshot, losses, _time.GetElapsedTime(start));
        return state.Step;
    }

    private void Fail(Exception reason)
    {
        Release();
        // Asked to abandon its work, it has nothing to complain about.
        if (!_abandon.IsCancellationRequested) _reports.Failed(reason);
    }

    private void Release()
    {
        _state?.Dispose();
        _state = null;
        _loaded = -1;
        _tokenizer?.Dispose();
        _tokenizer = null;
        _workers?.Dispose();
        _workers = null;
    }
}
