using Starling.Data.Randomness;
using Starling.Model.Optimizers;
using Starling.Model.Replicas;
using Starling.Model.SelfGuided;
using Starling.Model.Tensors;
using Starling.Model.Training;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Training;

/// <summary>
/// A small training setup on random codes that follow from a key. Tests use it to check what a step may depend on.
/// </summary>
internal sealed class StepRig : IDisposable
{
    public const int Images = 16, Tokens = 16, Vocabulary = 40, Classes = 4;

    public static readonly GptShape Shape = new(32, 4, 2, Vocabulary, Tokens, Classes) { FfnMultiple = 32 };

    public static readonly TrainStepOptions Options = new(
        Seed: 7,
        new ModelOptions(),
        new SelfGuidedOptions { ProjectorHidden = 48, EmaDecay = 0.9 },
        new OptimizerOptions { LearningRate = 1e-2 },
        new TrainingOptions { GlobalBatch = Images, Replicas = 8, Precision = Precision.Float32, Steps = 100 });

    private readonly TrainStepOptions _options;
    private readonly TrainStep _step;
    private readonly WorkerThreads _workers;

    public StepRig(TrainStepOptions? options = null, Func<IReplicaExchange, IReplicaExchange>? wrap = null,
        int threads = 1)
    {
        _options = options ?? Options;
        State = TrainingState.Create(Shape, _options.SelfGuided, _options.Seed, CPU);
        // The output layer is initialized with 0, and would then contribute nothing to the gradients of the layers
        // below.
        State.Student.Weights.InitializeNormal("output.weight", 0.02, 1);
        IReplicaExchange exchange = new LocalExchange(_options.Training.Replicas);
        _workers = new WorkerThreads(threads);
        _step = new TrainStep(State, _options, wrap?.Invoke(exchange) ?? exchange, _workers);
    }

    public TrainingState State { get; }

    /// <summary>
    /// Gives options with another division into replicas and micro-batches, and without dropout, because the masks of
    /// dropout depend on the micro-batches.
    /// </summary>
    public static TrainStepOptions Split(int replicas, int microBatch) => Options with
    {
        Model = new ModelOptions { TokenDropout = 0, ResidualDropout = 0, FfnDropout = 0 },
        Training = Options.Training with { Replicas = replicas, MicroBatch = microBatch },
    };

    public StepResult Run(IReadOnlyList<int>? order = null, CancellationToken abort = default)
    {
        using var scope = NewDisposeScope();
        int share = _options.Training.ReplicaImages, perImage = _options.SelfGuided.Views * Tokens;
        List<ReplicaTokens> hosted = [];
        foreach (int replica in order ?? [.. Enumerable.Range(0, _options.Training.Replicas)])
        {
            KeyedRandom random = default;
            long[] codes = new long[share * perImage];
            int[] labels = new int[share];
            for (int i = 0; i < share; i++)
            {
                random = KeyedRandom.For(1, RandomPurpose.Sampling, State.Step, replica * share + i);
                labels[i] = random.Below(Classes);
                foreach (ref long code in codes.AsSpan(i * perImage, perImage))
                    code = random.Below(Vocabulary);
            }
            hosted.Add(new ReplicaTokens(
                replica, tensor(codes).view(share, _options.SelfGuided.Views, Tokens), labels));
        }
        return _step.Run(hosted, new PhaseClock(TimeProvider.System), abort);
    }

    /// <summary>Gives all bytes of the state.</summary>
    public byte[] Bytes() =>
    [
        .. State.Student.Weights.Values.bytes, .. State.Teacher.Values.bytes,
        .. State.Trained.SelectMany(n => n.Mean.bytes.ToArray().Concat(n.Square.bytes.ToArray())),
        .. State.Projector?.Weights.Values.bytes.ToArray() ?? [],
    ];

    public void Dispose()
    {
        _step.Dispose();
        _workers.Dispose();
        State.Dispose();
    }
}
