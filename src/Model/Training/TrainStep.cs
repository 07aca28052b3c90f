// Shapes: b images of a micro-batch, B images of the global batch, M views, S views the student sees, T positions
// (the class token and T−1 image tokens in; T codes out), D width, K contrasted positions, V codes. N = b·M or b·S.
using Starling.Model.Optimizers;
using Starling.Model.Parameters;
using Starling.Model.Replicas;
using Starling.Model.SelfGuided;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Training;

/// <summary>
/// One training step of ST-AR (arXiv 2509.15185, section 3.3): teacher, keys of the whole global batch, student,
/// losses, backward, sum over the replicas, guard, AdamW, teacher update. Runs on the thread that owns the state.
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

    /// <summary>Prepares steps on <paramref name="state"/>, which stays the caller's.</summary>
    /// <param name="state">Weights and moments.</param>
    /// <param name="options">The run's settings.</param>
    /// <param name="exchange">What the trainers of the generation exchange.</param>
    /// <param name="workers">Compute replicas side by side; stay the caller's.</param>
    /// <param name="draws">A step's random choices; by default those keyed by the run's seed.</param>
    public TrainStep(TrainingState state, TrainStepOptions options, IReplicaExchange exchange, WorkerThreads workers,
        Func<long, IStepDraws>? draws = null)
    {
        _state = state;
        _options = options;
        _exchange = exchange;
        _draws = draws ?? (step => new StepDraws(options.Seed, step, state.Shape.Tokens, options.SelfGuided));
        SelfGuidedOptions guided = options.SelfGuided;
        // Without its losses there is nothing to ask the teacher.
        bool guides = guided.Enabled && (guided.Alpha > 0 || guided.Beta > 0);
        _teacher = guides ? new TeacherPass(state, options) : null;
        _workers = workers;
        _stores = [.. Enumerable.Range(0, _workers.Count).Select(StoresOf)];
        _students = [.. _stores.Select(stores => new StudentPass(state, stores, options))];
        _lengths = [.. state.Trained.Select(n => n.Weights.Layout.Count)];
        _sum = new ReplicaSum(_lengths.Sum() + LossParts.Count, state.Student.Weights.Device);
    }

    /// <summary>
    /// Computes the next step from this trainer's share of the global batch and applies it. Loss or gradient that is
    /// not finite never reaches the weights: the step is computed once more, then left out; all trainers decide alike,
    /// since they look at the same sum. Until all of them have confirmed it, nothing of the state changes: whatever is
    /// thrown, the same step can be run again.
    /// </summary>
    /// <param name="hosted">This trainer's replicas.</param>
    /// <param name="clock">Told where the time went.</param>
    /// <param name="abort">Gives the step up between two micro-batches: a new generation does not wait for it.</param>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public StepResult Run(
        IReadOnlyList<ReplicaTokens> hosted, PhaseClock clock, CancellationToken abort = default)
    {
        using var scope = NewDisposeScope();
        double rate = _options.Optimizer.Schedule(_options.Training.Steps).At(_state.Step);
        Gradient gradient = ComputeGradient(hosted, clock, abort);
        StepOutcome outcome = StepOutcome.Applied;
        if (!gradient.IsFinite)
        {
            // A passing fault (memory, network) gives a good result now.
            gradient = ComputeGradient(hosted, clock, abort);
            outcome = gradient.IsFinite ? StepOutcome.AppliedAfterRetry : StepOutcome.Skipped;
        }
        _exchange.Confirm();
        clock.Mark(StepPhase.Reduce);
        if (outcome != StepOutcome.Skipped)
        {
            Apply(gradient, rate);
            clock.Mark(StepPhase.Optimizer);
            _state.UpdateTeacher(EmaDecay());
            clock.Mark(StepPhase.Ema);
        }
        _sum.Clear();
        _state.Step++;
        return new StepResult(
            _state.Step, outcome, gradient.Losses, gradient.Norm, rate, gradient.KeySimilarity, [.. clock.Seconds]);
    }

    /// <summary>Frees the gradient buffers.</summary>
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

        // Teacher first, for all replicas: its keys carry no gradient, so every image of the global batch can serve as
        // a negative of every other, whatever the micro-batch and whoever hosts it.
        TeacherFeatures? teacher = _teacher?.Run(hosted, draws, _exchange, _workers, abort);
        clock.Mark(StepPhase.Teacher);

        // Student, several replicas side by side: each has one gradient, summed over its micro-batches in order, that
        // enters the tree. The tree's order is fixed, so it does not matter which replica is done first.
        PhaseClock[] clocks = [.. _students.Select(_ => new PhaseClock(clock.Time))];
        _workers.Run(hosted.Count, (worker, job) =>
        {
            using var scope = NewDisposeScope();
            Tensor losses = _students[worker].Run(hosted[job], draws, teacher, clocks[worker], abort);
            lock (_sum) _sum.Add(hosted[job].Replica, vector => Pack(vector, _stores[worker], losses));
            clocks[worker].Mark(StepPhase.Reduce);
        });
        clock.AddMean(clocks);

        // Exchange: the same binary tree for any number of trainers.
        Tensor root = _exchange.Sum(_sum);
        long parameters = _lengths.Sum();
        Tensor figures = root.narrow(0, parameters, LossParts.Count).cpu();
        LossParts parts = LossParts.FromVector(figures.data<float>().ToArray());
        Tensor vector = root.narrow(0, 0, parameters);
        double norm = Math.Sqrt(vector.Squared().SumInFixedOrder().item<double>());
        clock.Mark(StepPhase.Reduce);
        return new Gradient(vector, norm, parts, teacher?.Keys.MeanKeySimilarity() ?? 0);
    }

    private void Apply(Gradient gradient, double rate)
    {
        OptimizerOptions o = _options.Optimizer;
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

    /// <summary>Worker 0 adds to the networks' own gradients, the others to vectors of their own.</summary>
    private IReadOnlyList<ParameterStore> StoresOf(int worker) =>
        [.. _state.Trained.Select(n => worker == 0 ? n.Weights : n.Weights.WithOwnGradients())];

    private double EmaDecay()
    {
        SelfGuidedOptions o = _options.SelfGuided;
        return o.EmaWarmup ? Math.Min(o.EmaDecay, (1.0 + _state.Step) / (10.0 + _state.Step)) : o.EmaDecay;
    }

    /// <summary>[student's gradient | projector's gradient | loss parts]: one vector, one exchange.</summary>
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
