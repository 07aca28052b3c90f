using Starling.Actors.Configuration;
using Starling.Model.SelfGuided;
using Starling.Model.Transformer;

namespace Starling.Actors.Runs;

/// <summary>The cost of a run, computed from its configuration alone.</summary>
/// <param name="Shape">The transformer.</param>
/// <param name="StudentParameters">Number of the transformer's parameters.</param>
/// <param name="ProjectorParameters">Number of the projector's parameters; 0 for plain training.</param>
/// <param name="FlopsPerStep">
/// Floating-point operations of one step over all replicas, without those of the tokenizer.
/// </param>
/// <param name="Memory">The parts of the memory of one trainer that hosts every replica, in bytes.</param>
/// <param name="CheckpointBytes">Size of one checkpoint in bytes.</param>
internal sealed record TrainingCost(
    GptShape Shape, long StudentParameters, long ProjectorParameters, double FlopsPerStep,
    IReadOnlyList<(string What, long Bytes)> Memory, long CheckpointBytes)
{
    private const int FloatBytes = 4, Moments = 2;

    /// <summary>
    /// Computes the cost. Forward and backward pass of the student cost as much as three forward passes for each view
    /// that the student sees. The teacher makes one forward pass for each view. With two views for both, ST-AR costs
    /// 2·3 + 2 = 8 forward passes an image; LlamaGen, with one view and no teacher, costs 3.
    /// </summary>
    public static TrainingCost Of(StarlingOptions o, GptShape shape)
    {
        SelfGuidedOptions guided = o.SelfGuided;
        long student = shape.Layout.Count;
        long projector = guided.Enabled ? Projector.Layout(shape.Dim, guided.ProjectorHidden).Count : 0;
        long trained = student + projector;
        int studentViews = guided.EffectiveStudentViews, teacherViews = guided.Enabled ? guided.Views : 0;
        double forwards = o.Training.GlobalBatch * (3.0 * studentViews + teacherViews);
        // Each weight takes two operations in each of three passes. The projector sees only the sampled positions.
        double projected = 6.0 * projector * o.Training.GlobalBatch * studentViews * guided.ContrastSteps;

        long checkpoint = FloatBytes * (student + student + projector + Moments * trained);
        (string, long)[] memory =
        [
            ("student and projector", FloatBytes * trained),
            ("gradients", FloatBytes * trained),
            ("optimizer moments", FloatBytes * Moments * trained),
            ("teacher", FloatBytes * student),
            ("gradient sums of the replica tree", FloatBytes * trained * TreeBuffers(o.Training.Replicas)),
            ("checkpoint snapshot", checkpoint),
            ("activations of one micro-batch (rough)", Activations(o, shape, studentViews)),
        ];
        double flops = forwards * shape.ForwardFlops + projected;
        return new TrainingCost(shape, student, projector, flops, memory, checkpoint);
    }

    /// <summary>The floating-point operations that the model needs for one image of a step.</summary>
    /// <param name="globalBatch">Images of a step.</param>
    public double FlopsPerImage(int globalBatch) => FlopsPerStep / globalBatch;

    /// <summary>The sum of <see cref="Memory"/> in bytes.</summary>
    public long MemoryBytes => Memory.Sum(m => m.Bytes);

    // Replicas are added in order, so that each level of the tree has at most one partial sum at a time.
    private static int TreeBuffers(int replicas) => 1 + (int)Math.Log2(replicas);

    /// <summary>
    /// Estimates the memory for activations. Each block keeps about ten tensors of the network's width and four of the
    /// feed-forward's width for its backward pass. To these come the logits, their log-softmax and its gradient, all in
    /// float32.
    /// </summary>
    private static long Activations(StarlingOptions o, GptShape shape, int views)
    {
        long tokens = (long)o.Training.EffectiveMicroBatch * views * shape.Tokens;
        long perToken = shape.Layers * (10L * shape.Dim + 4L * shape.FfnHidden) + 3L * shape.Vocabulary;
        return FloatBytes * tokens * perToken;
    }
}
