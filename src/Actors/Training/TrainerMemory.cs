using Starling.Actors.Runs;
using Starling.Model.Checkpoints;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Starling.Actors.Training;

/// <summary>
/// Holds what is slow to load or to compute: the training state, the tokenizer and the worker threads. It outlives
/// generations, and is used on the trainer's thread only.
/// </summary>
/// <param name="settings">The run.</param>
/// <param name="checkpoints">Where a state is loaded from.</param>
/// <param name="note">Called with lines for the log and the terminal.</param>
internal sealed class TrainerMemory(TrainerSettings settings, CheckpointStore checkpoints, Action<string> note)
    : IDisposable
{
    private TrainingState? _state;
    private VqTokenizer? _tokenizer;
    private WorkerThreads? _workers;
    private bool _holds;

    /// <summary>Step of the state; −1 while there is no state.</summary>
    public long Step => _holds ? _state!.Step : -1;

    /// <summary>Step of the checkpoint that was loaded; −1 for none.</summary>
    public long Checkpoint { get; private set; } = -1;

    /// <summary>The training state.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public TrainingState State =>
        _holds ? _state! : throw new InvalidOperationException("this trainer holds no state");

    /// <summary>The threads that compute replicas in parallel.</summary>
    public WorkerThreads Workers => _workers ?? throw new InvalidOperationException("nothing was prepared");

    /// <summary>The vectors that trainers exchange, in order.</summary>
    public IReadOnlyList<ParameterLayout> Layouts => [.. _state!.Trained.Select(n => n.Weights.Layout)];

    /// <summary>Starts the threads, loads the tokenizer and allocates the state, unless that was done before.</summary>
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
    /// Loads the newest good checkpoint, or creates the initial state if there is none. A state in memory stays if it
    /// is not older: then the checkpoint that was to be loaded is damaged.
    /// </summary>
    /// <param name="abort">Ends the wait for a disk that fails.</param>
    public void Load(CancellationToken abort)
    {
        LoadedCheckpoint? found = PatientReads.Run(
            () => checkpoints.LoadNewestGood(damage => note(damage.Message)), note, abort);
        if (found is not null)
        {
            CompatibilityCheck.Require(found, settings.Run, settings.Force, note, settings.ComparedSections);
            Checkpoint = found.State.Step;
        }
        if (_holds && Step >= Checkpoint) return;
        if (found is null) Create();
        else Overwrite(found.State.Step, state => state.Restore(found.State));
    }

    /// <summary>Takes over another trainer's state.</summary>
    /// <param name="step">Step of that state.</param>
    /// <param name="copy">Fills the vectors. If it throws, there is no state any more.</param>
    public void Take(long step, Action<IReadOnlyList<Tensor>> copy) =>
        Overwrite(step, state => copy([.. state.Vectors().Select(v => v.Values)]));

    /// <summary>Brings the shares of a step onto the training device, as tokens.</summary>
    public ReplicaTokens[] Tokenize(StepBatch batch, CancellationToken abort) =>
        StepTokens.Of(batch, _tokenizer!, Workers, new Device(settings.Step.Training.Device), abort);

    /// <summary>Frees everything, the state included. <see cref="Prepare"/> may be called again.</summary>
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
        _state.Dispose(); // disposed before, so that memory for one state is enough
        _state = null;
        _state = TrainingState.Create(settings.Shape, settings.Step.SelfGuided, settings.Step.Seed, device);
        _holds = true;
    }

    private void Overwrite(long step, Action<TrainingState> fill)
    {
        _holds = false;
        fill(_state!);
        _state!.Step = step;
        _holds = true;
    }

    private static int Threads(TrainingOptions training) =>
        Math.Min(training.Threads == 0 ? Environment.ProcessorCount : training.Threads, training.Replicas);
}
