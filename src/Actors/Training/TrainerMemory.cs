using Starling.Model.Checkpoints;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Starling.Actors.Training;

/// <summary>
/// Everything of a trainer that is slow to come by: the training state, the tokenizer and the worker threads. Outlives
/// generations. Belongs to the trainer's thread.
/// </summary>
/// <param name="settings">The run.</param>
/// <param name="checkpoints">Where a state is loaded from.</param>
/// <param name="note">Told what people should know.</param>
internal sealed class TrainerMemory(TrainerSettings settings, CheckpointStore checkpoints, Action<string> note)
    : IDisposable
{
    private TrainingState? _state;
    private VqTokenizer? _tokenizer;
    private WorkerThreads? _workers;
    private bool _holds;

    /// <summary>Steps that the state holds; −1 while there is none.</summary>
    public long Step => _holds ? _state!.Step : -1;

    /// <summary>The checkpoint that was loaded; −1 for none.</summary>
    public long Checkpoint { get; private set; } = -1;

    /// <summary>The state after <see cref="Step"/>.</summary>
    public TrainingState State =>
        _holds ? _state! : throw new InvalidOperationException("this trainer holds no state");

    /// <summary>Compute replicas side by side.</summary>
    public WorkerThreads Workers => _workers ?? throw new InvalidOperationException("nothing was prepared");

    /// <summary>The vectors that trainers exchange, in order.</summary>
    public IReadOnlyList<ParameterLayout> Layouts => [.. _state!.Trained.Select(n => n.Weights.Layout)];

    /// <summary>Gets everything ready but the state's content; what is there already stays.</summary>
    public void Prepare()
    {
        TrainingOptions training = settings.Step.Training;
        Device device = new(training.Device);
        if (device.type == DeviceType.CUDA) Aten.UseDeterministicAlgorithms();
        _workers ??= new WorkerThreads(device.type == DeviceType.CPU ? Threads(training) : 1);
        _tokenizer ??= VqTokenizer.Load(settings.TokenizerPath, device, training.Precision == Precision.BFloat16);
        _state ??= TrainingState.Allocate(settings.Shape, settings.Step.SelfGuided, device);
    }

    /// <summary>
    /// Takes the newest good checkpoint, or the initial state if there is none. A state at hand that is further stays:
    /// then the checkpoint that was to be taken is damaged.
    /// </summary>
    public void Load()
    {
        LoadedCheckpoint? found = checkpoints.LoadNewestGood(damage => note(damage.Message));
        if (found is not null)
        {
            CompatibilityCheck.Require(found, settings.Run, settings.Force, note, settings.ComparedSections);
            Checkpoint = found.State.Step;
        }
        if (_holds && Step >= Checkpoint) return;
        if (found is null) Create();
        else Fill(found.State.Step, state => state.Restore(found.State));
    }

    /// <summary>Takes over another trainer's state.</summary>
    /// <param name="step">Its step.</param>
    /// <param name="copy">Fills the vectors. If it fails halfway, there is no state any more.</param>
    public void Take(long step, Action<IReadOnlyList<Tensor>> copy) =>
        Fill(step, state => copy([.. state.Vectors().Select(v => v.Values)]));

    /// <summary>All hosted replicas' shares as tokens on the training device.</summary>
    public ReplicaTokens[] Tokenize(StepBatch batch, CancellationToken abort) =>
        StepTokens.Of(batch, _tokenizer!, Workers, new Device(settings.Step.Training.Device), abort);

    /// <summary>Frees everything; the state is gone.</summary>
    public void Dispose()
    {
        _holds = false;
        Checkpoint = -1;
        _state?.Dispose();
        _state = null;
        _tokenizer?.Dispose();
        _tokenizer = null;
        _workers?.Dispose();
        _workers = null;
    }

    private void Create()
    {
        Device device = _state!.Student.Weights.Device;
        _state.Dispose(); // first, or there would be two of them for a moment
        _state = null;
        _state = TrainingState.Create(settings.Shape, settings.Step.SelfGuided, settings.Step.Seed, device);
        _holds = true;
    }

    private void Fill(long step, Action<TrainingState> fill)
    {
        _holds = false;
        fill(_state!);
        _state!.Step = step;
        _holds = true;
    }

    private static int Threads(TrainingOptions training) =>
        Math.Min(training.Threads == 0 ? Environment.ProcessorCount : training.Threads, training.Replicas);
}
