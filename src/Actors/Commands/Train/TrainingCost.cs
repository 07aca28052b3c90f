using Starling.Actors.Configuration;
using Starling.Model.SelfGuided;
using Starling.Model.Transformer;

namespace Starling.Actors.Commands.Train;

/// <summary>What a run takes, worked out from its configuration alone.</summary>
/// <param name="Shape">The transformer.</param>
/// <param name="StudentParameters">Its parameters.</param>
/// <param name="ProjectorParameters">The projector's; 0 for plain training.</param>
/// <param name="FlopsPerStep">Floating-point operations of one step over all replicas, without the tokenizer's.</param>
/// <param name="Memory">What the memory of one trainer that hosts every replica goes to, in bytes.</param>
/// <param name="CheckpointBytes">Size of one checkpoint.</param>
internal sealed record TrainingCost(
    GptShape Shape, long StudentParameters, long ProjectorParameters, double FlopsPerStep,
    IReadOnlyList<(string What, long Bytes)> Memory, long CheckpointBytes)
{
    private const int FloatBytes = 4, Moments = 2;

    /// <summary>
    /// Forward and backward cost three forward passes for each view the student sees, the teacher one for each view
    /// (ST-AR's cost relative to LlamaGen's, 8F : 3F with two views of each).
    /// </summary>
    public static TrainingCost Of(StarlingOptions o, GptShape shape)
    {
        SelfGuidedOptions guided = o.SelfGuided;
        long student = shape.Layout.Count;
        long projector = guided.Enabled ? Projector.Layout(shape.Dim, guided.ProjectorHidden).Count : 0;
        long trained = student + projector;
        int studentViews = guided.EffectiveStudentViews, teacherViews = guided.Enabled ? guided.Views : 0;
        double forwards = o.Training.GlobalBatch * (3.0 * studentViews + teacherViews);
        // Two operations a weight, three passes, and the projector sees only the sampled positions.
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

    /// <summary>All of <see cref="Memory"/>.</summary>
    public long MemoryBytes => Memory.Sum(m => m.Bytes);

    // Replicas added in order leave at most one partial sum a level.
    private static int TreeBuffers(int replicas) => 1 + (int)Math.Log2(replicas);

    /// <summary>
    /// What a block keeps for its backward pass: about ten tensors of the width and four of the feed-forward's; then
    /// the logits, their log-softmax and its gradient in float32.
    /// </summary>
    private static long Activations(StarlingOptions o, GptShape shape, int views)
    {
        long tokens = (long)o.Training.EffectiveMicroBatch * views * shape.Tokens;
        long perToken = shape.Layers * (10L * shape.Dim + 4L * shape.FfnHidden) + 3L * shape.Vocabulary;
        return FloatBytes * tokens * perToken;
    }
}
