// Shapes: see TrainStep.cs.
using Starling.Model.Parameters;
using Starling.Model.SelfGuided;
using Starling.Model.Tensors;
using Starling.Model.Transformer;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Starling.Model.Training;

/// <summary>
/// The student's part of a step for one replica: the masked forward pass, the losses of Eq. 8, and the backward pass
/// into the flat gradients. Each loss is divided by the number of its terms in the global batch. Sums over
/// micro-batches and replicas are therefore means over the global batch.
/// </summary>
/// <param name="state">The state that is trained; the pass reads its shape and its step.</param>
/// <param name="stores">
/// The weights of the student and, if there is one, of the projector, with the gradients that the pass adds to. The
/// caller disposes them.
/// </param>
/// <param name="options">The run's settings.</param>
internal sealed class StudentPass(
    TrainingState state, IReadOnlyList<ParameterStore> stores, TrainStepOptions options) : IDisposable
{
    private readonly Gpt _student = new(state.Shape, stores[0]);
    private readonly Projector? _projector = stores.Count > 1 ? new Projector(stores[1]) : null;
    private readonly SelfGuidedOptions _guided = options.SelfGuided;
    private readonly DropoutRates _rates = DropoutRates.From(options.Model);

    private Device Device => stores[0].Device;

    /// <summary>
    /// Sets the gradients to zero, computes the replica's gradient, and returns the replica's contribution to the loss
    /// parts: float32 [LossParts.Count], in the order of <see cref="LossParts"/>.
    /// </summary>
    public Tensor Run(ReplicaTokens replica, IStepDraws draws, TeacherFeatures? teacher, PhaseClock clock,
        CancellationToken abort)
    {
        foreach (ParameterStore store in stores) store.ClearGradients();
        Tensor losses = zeros(LossParts.Count, ScalarType.Float32, Device);
        for (int first = 0; first < replica.Labels.Count; first += options.Training.EffectiveMicroBatch)
        {
            abort.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            int count = Math.Min(options.Training.EffectiveMicroBatch, replica.Labels.Count - first);
            Tensor parts = ComputeLosses(replica, first, count, draws, teacher);
            clock.Mark(StepPhase.Forward);
            parts[LossParts.Count - 1].backward();
            using (no_grad()) losses.PlusInPlace(parts.detach());
            clock.Mark(StepPhase.Backward);
        }
        return losses;
    }

    /// <summary>
    /// Computes the loss parts [LossParts.Count] of the micro-batch of images [first, first + count) of the replica.
    /// </summary>
    private Tensor ComputeLosses(
        ReplicaTokens replica, int first, int count, IStepDraws draws, TeacherFeatures? teacher)
    {
        int views = _guided.EffectiveStudentViews, images = options.Training.GlobalBatch;
        int firstInBatch = replica.Replica * options.Training.ReplicaImages + first;
        SequenceBatch batch = SequenceBatch.Of(replica, first, count, views, options, draws, state.Shape.Classes);
        Tensor? masked_NT = DrawMask(firstInBatch, count, views, draws);
        AttentionMask? mask = masked_NT is null ? null : AttentionMask.From(masked_NT, _guided.KeepDiagonal);

        // One masked forward pass serves all four losses. Its features are the outputs of two blocks: Mid of the
        // contrastive block, Last of the last one.
        GptFeatures features;
        Tensor logits_NTV;
        Tensor? anchors_NKD = null;
        KeyedDropout dropout = new(_rates, options.Seed, state.Step, firstInBatch);
        using (Autocast.BFloat16(Device, options.Training.Precision == Precision.BFloat16))
        {
            features = _student.Features(
                batch.Inputs, batch.Labels_N, mask, dropout, _guided.EffectiveDepth(state.Shape.Layers));
            logits_NTV = _student.Logits(features.Last);
            if (teacher is not null && _guided.Beta > 0)
                anchors_NKD = _projector!.Forward(features.Mid.index_select(1, teacher.Positions_K));
        }

        // L_AR (Eq. 2) of the same masked forward pass (Fig. 3).
        long vocabulary = logits_NTV.shape[^1];
        Tensor autoRegressive = F.cross_entropy(
                logits_NTV.reshape(-1, vocabulary).to(ScalarType.Float32), batch.Codes_NT.reshape(-1),
                reduction: nn.Reduction.Sum)
            .Times(1.0 / ((double)images * views * state.Shape.Tokens));
        Tensor total = autoRegressive, none = zeros_like(autoRegressive), mim = none;
        Tensor contrastStep = none, contrastView = none;

        // L_MIM (Eq. 4): the student's last features against the teacher's. The mean is over all positions or the
        // masked ones.
        if (teacher is not null && _guided.Alpha > 0)
        {
            bool maskedOnly = _guided.MimPositions == MimPositions.MaskedOnly;
            long positions = maskedOnly ? draws.CountMasked(images, views) : (long)images * views * state.Shape.Tokens;
            Tensor last_NTD = _guided.MimTap == MimTap.FinalNorm ? _student.FinalNorm(features.Last) : features.Last;
            Tensor counted_NT = masked_NT ?? zeros(batch.Codes_NT.shape, ScalarType.Bool, Device);
            mim = MaskedAttentionLoss
                .Sum(last_NTD, teacher.Last[(replica.Replica, first)], maskedOnly ? counted_NT : null)
                .Times(1.0 / Math.Max(1, positions));
            total = total.PlusScaled(mim, _guided.Alpha * WeightRamp());
        }

        // L_step and L_view (Eqs. 6 and 7): the student's projected features against the keys of all images of the
        // global batch, or against those of its own replica only. Eq. 8 gives half of β to each.
        if (anchors_NKD is not null)
        {
            Tensor anchors_bSKD = anchors_NKD.view(count, views, anchors_NKD.shape[1], anchors_NKD.shape[2]);
            (contrastStep, contrastView) = teacher!.ReplicaKeys is { } local
                ? local[replica.Replica].Sums(anchors_bSKD, first)
                : teacher.Keys.Sums(anchors_bSKD, firstInBatch);
            contrastStep = contrastStep.Times(1.0 / images);
            contrastView = contrastView.Times(1.0 / images);
            total = total.PlusScaled(contrastStep.Plus(contrastView), 0.5 * _guided.Beta * WeightRamp());
        }
        return stack([autoRegressive, mim, contrastStep, contrastView, total]);
    }

    public void Dispose() => _student.Dispose();

    /// <summary>
    /// Draws the mask of Eq. 3 for a micro-batch: bool [N, T], true where a position is hidden from the queries. Null
    /// if nothing is masked.
    /// </summary>
    private Tensor? DrawMask(int firstInBatch, int count, int views, IStepDraws draws)
    {
        if (!_guided.Enabled || _guided.MaskRatio <= 0) return null;
        int tokens = state.Shape.Tokens;
        bool[] masked = new bool[count * views * tokens];
        for (int image = 0; image < count; image++)
        {
            for (int view = 0; view < views; view++)
                draws.MaskKeys(firstInBatch + image, view, masked.AsSpan((image * views + view) * tokens, tokens));
        }
        return tensor(masked, device: Device).view(count * views, tokens);
    }

    /// <summary>The factor of α and β, which grows linearly from 0 to 1 over the first steps if configured.</summary>
    private double WeightRamp() => _guided.RampSteps == 0 ? 1 : Math.Min(1, (state.Step + 1.0) / _guided.RampSteps);
}
