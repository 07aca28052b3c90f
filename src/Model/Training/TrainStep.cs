// Shapes: b images of a micro-batch, B images of the global batch, M views, S views that the student sees, T positions,
// D width, K contrasted positions, V codes. N = b·M or b·S sequences. The T positions that go in are the class token
// and the first T−1 codes; the outputs there predict the T codes.
using Starling.Model.Optimizers;
using Starling.Model.Parameters;
using Starling.Model.Replicas;
using Starling.Model.SelfGuided;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Training;

/// <summary>
/// One training step of ST-AR (arXiv 2509.15185, section 3.3): the teacher computes the keys of the whole global batch,
/// the student computes the losses and their gradient, the gradients of all replicas are summed, AdamW updates the
/// student and the projector, and the teacher moves towards the student. Runs on the thread that owns the state.
/// </summary>
public sealed class TrainStep : IDisposable
{
    private readonly TrainingState _state;
    private readonly TrainStepOptions _options;
    private readonly IReplicaExchange _exchange;
    private readonly Func<long, IStepDraws> _draws;
    private readonly WorkerThreads _workers;
    private readonly IReadOnlyList<ParameterStore>[] _stores;
    private readonly StudentPass[] _students;
    private readonly TeacherPass? _teacher;
    private readonly ReplicaSum _sum;
    private readonly long[] _lengths;

    /// <summary>Prepares steps on <paramref name="state"/>. The caller disposes the state.</summary>
    /// <param name="state">The state that is trained.</param>
    /// <param name="options">The run's settings.</param>
    /// <param name="exchange">Exchanges keys and gradients with the other trainers of the generation.</param>
    /// <param name="workers">Threads that compute replicas in parallel. The caller disposes them.</param>
    /// <param name="draws">
    /// Gives the random choices of a step by its number; by default <see cref="StepDraws"/> with the run's seed.
    /// </param>
    public TrainStep(TrainingState state, TrainStepOptions options, IReplicaExchange exchange, WorkerThreads workers,
        Func<long, IStepDraws>? draws = null)
    {
        _state = state;
        _options = options;
        _exchange = exchange;
        _draws = draws ?? (step => new StepDraws(options.Seed, step, state.Shape.Tokens, options.SelfGuided));
        SelfGuidedOptions guided = options.SelfGuided;
        // The teacher only serves L_MIM and the contrastive losses, so it is not needed where their weights are 0.
        bool guides = guided.Enabled && (guided.Alpha > 0 || guided.Beta > 0);
        _teacher = guides ? new TeacherPass(state, options) : null;
        _workers = workers;
        _stores = [.. Enumerable.Range(0, _workers.Count).Select(StoresOfWorker)];
        _students = [.. _stores.Select(stores => new StudentPass(state, stores, options))];
        _lengths = [.. state.Trained.Select(n => n.Weights.Layout.Count)];
        _sum = new ReplicaSum(_lengths.Sum() + LossParts.Count, state.Student.Weights.Device);
    }

    /// <summary>
    /// Computes the next step from this trainer's share of the global batch, and applies it. A loss or gradient that is
    /// not finite never reaches the weights: the step is computed once more, and is skipped if the second result is not
    /// finite either. All trainers decide alike, because they look at the same sum. The state does not change before
    /// all trainers have confirmed the step, so the same step can be run again after any exception.
    /// </summary>
    /// <param name="hosted">The replicas that this trainer computes, with their token codes.</param>
    /// <param name="clock">Adds up the time of each phase.</param>
    /// <param name="abort">
    /// Cancels the step between two micro-batches, because a new generation does not wait for its end.
    /// </param>
    /// <exception cref="OperationCanceledException">The step was canceled.</exception>
    public StepResult Run(
        IReadOnlyList<ReplicaTokens> hosted, PhaseClock clock, CancellationToken abort = default)
    {
        using var scope = NewDisposeScope();
        double rate = _options.Optimizer.Schedule(_options.Training.Steps).At(_state.Step);
        Gradient gradient = ComputeGradient(hosted, clock, abort);
        StepOutcome outcome = StepOutcome.Applied;
        if (!gradient.IsFinite)
        {
            // A fault that passes, of the memory or the network, gives a finite result this time.
            gradient = ComputeGradient(hosted, clock, abort);
            outcome = gradient.IsFinite ? StepOutcome.AppliedAfterRetry : StepOutcome.Skipped;
        }
        _exchange.Confirm(); // every trainer has the sum now, so the state may change
        clock.Mark(StepPhase.Reduce);
        if (outcome != StepOutcome.Skipped)
        {
            ApplyGradient(gradient, rate);
            clock.Mark(StepPhase.Optimizer);
            _state.UpdateTeacher(EmaDecay());
            clock.Mark(StepPhase.Ema);
        }
        _sum.Clear();
        _state.Step++;
        return new StepResult(
            _state.Step, outcome, gradient.Losses, gradient.Norm, rate, gradient.KeySimilarity, [.. clock.Seconds]);
    }

    /// <summary>Frees the gradient buffers. The state and the workers stay the caller's.</summary>
    public void Dispose()
    {
        _sum.Dispose();
        foreach (StudentPass student in _students) student.Dispose();
        foreach (ParameterStore store in _stores.Skip(1).SelectMany(stores => stores)) store.Dispose();
        _teacher?.Dispose();
    }

    private Gradient ComputeGradient(IReadOnlyList<ReplicaTokens> hosted, PhaseClock clock, CancellationToken abort)
    {
        _sum.Clear();
        IStepDraws draws = _draws(_state.Step);

        // The teacher goes first, for all replicas. Its keys carry no gradient, so every image of the global batch can
        // be a negative of every other image, whatever its micro-batch, its replica and its trainer.
        TeacherFeatures? teacher = _teacher?.Run(hosted, draws, _exchange, _workers, abort);
        clock.Mark(StepPhase.Teacher);

        // Then the student, several replicas in parallel. A replica's gradient is summed over its micro-batches in
        // their order, and then enters the tree of sums. The order of that tree is fixed, so the order in which
        // replicas are finished does not matter.
        PhaseClock[] clocks = [.. _students.Select(_ => new PhaseClock(clock.Time))];
        _workers.Run(hosted.Count, (worker, job) =>
        {
            using var scope = NewDisposeScope();
            Tensor losses = _students[worker].Run(hosted[job], draws, teacher, clocks[worker], abort);
            lock (_sum) _sum.Add(hosted[job].Replica, vector => Pack(vector, _stores[worker], losses));
            clocks[worker].Mark(StepPhase.Reduce);
        });
        clock.AddMean(clocks);

        // Then the trainers sum their subtrees. The binary tree is the same for any number of trainers.
        Tensor root = _exchange.Sum(_sum);
        long parameters = _lengths.Sum();
        Tensor figures = root.narrow(0, parameters, LossParts.Count).cpu();
        LossParts parts = LossParts.FromVector(figures.data<float>().ToArray());
        Tensor vector = root.narrow(0, 0, parameters);
        double norm = Math.Sqrt(vector.Squared().SumInFixedOrder().item<double>());
        clock.Mark(StepPhase.Reduce);
        return new Gradient(vector, norm, parts, teacher?.Keys.MeanKeySimilarity() ?? 0);
    }

    private void ApplyGradient(Gradient gradient, double rate)
    {
        OptimizerOptions o = _options.Optimizer;
        // As torch.nn.utils.clip_grad_norm_, over the student's and the projector's gradients together.
        if (o.Clip > 0) gradient.Vector.TimesInPlace(Math.Min(1, o.Clip / (gradient.Norm + 1e-6)));
        long at = 0;
        foreach (TrainedNetwork network in _state.Trained)
        {
            Tensor part = gradient.Vector.narrow(0, at, network.Weights.Layout.Count);
            network.Update(part, _state.Updates, new AdamWArguments(rate, o.Beta1, o.Beta2, o.WeightDecay, o.Epsilon));
            at += network.Weights.Layout.Count;
        }
        _state.Updates++;
    }

    /// <summary>
    /// The stores that a worker uses, one for each trained network. Worker 0 adds to the networks' own gradients. Every
    /// other worker shares the weights and has gradients of its own.
    /// </summary>
    private IReadOnlyList<ParameterStore> StoresOfWorker(int worker) =>
        [.. _state.Trained.Select(n => worker == 0 ? n.Weights : n.Weights.WithOwnGradients())];

    private double EmaDecay()
    {
        SelfGuidedOptions o = _options.SelfGuided;
        return o.EmaWarmup ? Math.Min(o.EmaDecay, (1.0 + _state.Step) / (10.0 + _state.Step)) : o.EmaDecay;
    }

    /// <summary>
    /// Writes a replica's contribution into one vector, so that one exchange sums all of it: the student's gradient,
    /// then the projector's gradient, then the loss parts.
    /// </summary>
    private static void Pack(Tensor vector, IReadOnlyList<ParameterStore> stores, Tensor losses)
    {
        using var scope = NewDisposeScope();
        long at = 0;
        foreach (ParameterStore store in stores)
        {
            vector.narrow(0, at, store.Layout.Count).copy_(store.Gradients!);
            at += store.Layout.Count;
        }
        vector.narrow(0, at, LossParts.Count).copy_(losses);
    }

    private sealed record Gradient(Tensor Vector, double Norm, LossParts Losses, double KeySimilarity)
    {
        public bool IsFinite => double.IsFinite(Norm) && double.IsFinite(Losses.Total);
    }
}
