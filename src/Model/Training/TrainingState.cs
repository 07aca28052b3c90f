using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.SelfGuided;
using Starling.Model.Snapshots;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Training;

/// <summary>
/// Everything that the rest of a run depends on besides its configuration and its data: student, teacher, projector,
/// the optimizer's moments, and two counters. Random numbers and the place in the data follow from the step, so there
/// is no generator and no data position to store.
/// </summary>
public sealed class TrainingState : IDisposable
{
    private static readonly ParameterLayout CounterLayout = new([new ParameterShape("step", 1)]);
    private readonly Tensor _updates = zeros(1).DetachFromDisposeScope();

    private TrainingState(GptShape shape, TrainedNetwork student, ParameterStore teacher, TrainedNetwork? projector)
    {
        Shape = shape;
        Student = student;
        Teacher = teacher;
        Projector = projector;
    }

    /// <summary>The transformer's shape.</summary>
    public GptShape Shape { get; }

    /// <summary>The network that is trained and sampled from.</summary>
    public TrainedNetwork Student { get; }

    /// <summary>
    /// The student's exponential moving average. It exists without ST-AR too, because its weights are evaluated.
    /// </summary>
    public ParameterStore Teacher { get; }

    /// <summary>The projector; null for plain LlamaGen training.</summary>
    public TrainedNetwork? Projector { get; }

    /// <summary>Number of steps done, skipped ones included.</summary>
    public long Step { get; set; }

    /// <summary>
    /// Number of optimizer updates, which is the number of steps that were not skipped. AdamW's bias correction depends
    /// on it, so checkpoints contain it.
    /// </summary>
    public long Updates
    {
        get => (long)_updates.data<float>()[0];
        set => _updates.data<float>()[0] = value;
    }

    /// <summary>The networks that the optimizer updates: the student and, if there is one, the projector.</summary>
    public IEnumerable<TrainedNetwork> Trained => Projector is null ? [Student] : [Student, Projector];

    /// <summary>
    /// Makes the state before step 1: random weights that follow from the seed, and a teacher that equals the student.
    /// </summary>
    public static TrainingState Create(GptShape shape, SelfGuidedOptions selfGuided, ulong seed, Device device)
    {
        TrainingState state = Allocate(shape, selfGuided, device);
        using (Gpt student = new(shape, state.Student.Weights)) student.Initialize(seed);
        if (state.Projector is not null) new Projector(state.Projector.Weights).Initialize(seed + 1);
        using var noGrad = no_grad();
        state.Teacher.Values.copy_(state.Student.Weights.Values);
        return state;
    }

    /// <summary>
    /// Makes a state of the right shapes, all zeros, to be filled from a checkpoint or by another trainer.
    /// </summary>
    public static TrainingState Allocate(GptShape shape, SelfGuidedOptions selfGuided, Device device)
    {
        TrainedNetwork student = new(new ParameterStore(shape.Layout, device, trainable: true));
        ParameterStore teacher = new(shape.Layout, device, trainable: false);
        TrainedNetwork? projector = selfGuided.Enabled
            ? new(new ParameterStore(
                SelfGuided.Projector.Layout(shape.Dim, selfGuided.ProjectorHidden), device, trainable: true))
            : null;
        return new TrainingState(shape, student, teacher, projector);
    }

    /// <summary>Moves the teacher towards the student: θ′ ← d·θ′ + (1−d)·θ (paper section 3.3), in float32.</summary>
    public void UpdateTeacher(double decay)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Teacher.Values.lerp_(Student.Weights.Values, tensor((float)(1 - decay), device: Teacher.Device));
    }

    /// <summary>
    /// The vectors of this state with the names that their pieces have in a checkpoint. They share this state's memory.
    /// </summary>
    public IReadOnlyList<FlatVector> Vectors()
    {
        ParameterLayout network = Student.Weights.Layout;
        List<FlatVector> vectors =
        [
            FlatVector.Weights(CheckpointPart.Student, network, Student.Weights.Values),
            FlatVector.Weights(CheckpointPart.Teacher, network, Teacher.Values),
            .. FlatVector.Moments(CheckpointPart.Student, network, Student.Mean, Student.Square),
            new(CheckpointPart.Optimizer, "", CounterLayout, _updates),
        ];
        if (Projector is not null)
        {
            ParameterLayout projector = Projector.Weights.Layout;
            vectors.Add(FlatVector.Weights(CheckpointPart.Projector, projector, Projector.Weights.Values));
            vectors.AddRange(FlatVector.Moments(CheckpointPart.Projector, projector, Projector.Mean, Projector.Square));
        }
        return vectors;
    }

    /// <summary>Copies the state of a checkpoint into this one.</summary>
    /// <exception cref="StarlingException">The checkpoint is of other networks. Nothing is changed then.</exception>
    public void Restore(CheckpointSnapshot snapshot)
    {
        FlatVector.Restore(snapshot, Vectors());
        Step = snapshot.Step;
    }

    /// <summary>Frees everything.</summary>
    public void Dispose()
    {
        _updates.Dispose();
        Student.Dispose();
        Teacher.Dispose();
        Projector?.Dispose();
    }
}
