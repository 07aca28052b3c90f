// Shapes: see TrainStep.cs.
using Starling.Model.Replicas;
using Starling.Model.SelfGuided;
using Starling.Model.Tensors;
using Starling.Model.Transformer;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Starling.Model.Training;

/// <summary>
/// The teacher's part of a step (section 3.3): a forward pass over every view, without mask, dropout or gradient. Its
/// features after the contrastive block become the keys of Eqs. 6 and 7, and its last features become the targets of
/// L_MIM, Eq. 4.
/// </summary>
internal sealed class TeacherPass(TrainingState state, TrainStepOptions options) : IDisposable
{
    private readonly Gpt _teacher = new(state.Shape, state.Teacher);
    private readonly SelfGuidedOptions _guided = options.SelfGuided;

    /// <summary>
    /// Computes this trainer's replicas in parallel, and gathers the keys of all replicas from all trainers.
    /// </summary>
    public TeacherFeatures Run(IReadOnlyList<ReplicaTokens> hosted, IStepDraws draws, IReplicaExchange exchange,
        WorkerThreads workers, CancellationToken abort)
    {
        using var noGrad = no_grad();
        Device device = state.Teacher.Device;
        Tensor positions_K = tensor(draws.ContrastPositions().Select(p => (long)p).ToArray(), device: device);
        ReplicaFeatures[] features = new ReplicaFeatures[hosted.Count];
        try
        {
            workers.Run(hosted.Count, (_, job) => features[job] = RunReplica(hosted[job], draws, positions_K, abort));
        }
        catch
        {
            foreach (ReplicaFeatures? made in features) made?.Dispose(); // these tensors belong to no dispose scope yet
            throw;
        }

        List<(int, Tensor)> keys = [], labels = [];
        Dictionary<(int, int), Tensor> last = [];
        foreach ((ReplicaTokens replica, ReplicaFeatures found) in hosted.Zip(features))
        {
            // The workers' threads made these tensors and detached them from their own dispose scopes. The step's
            // dispose scope takes them over here and frees them.
            keys.Add((replica.Replica, found.Keys_bMKD.Adopted()));
            labels.Add((replica.Replica, tensor(replica.Labels.Select(l => (long)l).ToArray(), device: device)));
            foreach ((int first, Tensor last_NTD) in found.Last) last[(replica.Replica, first)] = last_NTD.Adopted();
        }
        ContrastiveLoss global = LossAgainst(exchange.Gather(keys), exchange.Gather(labels));
        Dictionary<int, ContrastiveLoss>? local = _guided.Negatives == NegativeScope.Replica
            ? keys.Zip(labels).ToDictionary(p => p.First.Item1, p => LossAgainst(p.First.Item2, p.Second.Item2))
            : null;
        return new TeacherFeatures(global, local, positions_K, last);
    }

    public void Dispose() => _teacher.Dispose();

    /// <summary>Computes one replica, micro-batch by micro-batch. The result belongs to no dispose scope.</summary>
    private ReplicaFeatures RunReplica(
        ReplicaTokens replica, IStepDraws draws, Tensor positions_K, CancellationToken abort)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        List<Tensor> keys = [];
        List<(int, Tensor)> last = [];
        for (int first = 0; first < replica.Labels.Count; first += options.Training.EffectiveMicroBatch)
        {
            abort.ThrowIfCancellationRequested();
            int count = Math.Min(options.Training.EffectiveMicroBatch, replica.Labels.Count - first);
            (Tensor keys_bMKD, Tensor? last_NTD) = RunMicroBatch(replica, first, count, draws, positions_K);
            keys.Add(keys_bMKD);
            if (last_NTD is not null) last.Add((first, last_NTD));
        }
        Tensor all_bMKD = cat([.. keys]);
        // Detaches the tensors last, when nothing can fail any more. Their receiver has to dispose a detached tensor.
        foreach ((_, Tensor last_NTD) in last) last_NTD.DetachFromDisposeScope();
        return new ReplicaFeatures(all_bMKD.DetachFromDisposeScope(), last);
    }

    /// <summary>
    /// Computes the micro-batch of images [first, first + count) of a replica: its keys, and the targets of L_MIM (null
    /// if α is 0).
    /// </summary>
    private (Tensor Keys_bMKD, Tensor? Last_NTD) RunMicroBatch(
        ReplicaTokens replica, int first, int count, IStepDraws draws, Tensor positions_K)
    {
        using var scope = NewDisposeScope();
        int views = _guided.Views;
        SequenceBatch batch = SequenceBatch.Of(replica, first, count, views, options, draws, state.Shape.Classes);
        GptFeatures features;
        using (Autocast.BFloat16(state.Teacher.Device, options.Training.Precision == Precision.BFloat16))
        {
            features = _teacher.Features(batch.Inputs, batch.Labels_N, mask: null, dropout: null,
                tap: _guided.EffectiveDepth(state.Shape.Layers));
        }
        Tensor keys_bMKD = NormalizeKeys(features.Mid.index_select(1, positions_K))
            .view(count, views, positions_K.shape[0], -1).MoveToOuterDisposeScope();
        if (_guided.Alpha <= 0) return (keys_bMKD, null);

        // L_MIM compares features of the views that the student sees, which may be fewer than the teacher's.
        Tensor last_NTD = _guided.MimTap == MimTap.FinalNorm ? _teacher.FinalNorm(features.Last) : features.Last;
        long[] shape = last_NTD.shape;
        int studentViews = _guided.EffectiveStudentViews;
        return (keys_bMKD, last_NTD.view(count, views, shape[1], shape[2]).narrow(1, 0, studentViews)
            .reshape(count * studentViews, shape[1], shape[2]).MoveToOuterDisposeScope());
    }

    /// <summary>Normalizes features [.., D] as configured and scales them to unit length, in float32.</summary>
    private Tensor NormalizeKeys(Tensor features)
    {
        Tensor f = features.to(ScalarType.Float32);
        if (_guided.KeyNormalization == KeyNormalization.LayerNorm) f = F.layer_norm(f, [f.shape[^1]]);
        return f.Normalized();
    }

    /// <summary>Makes the contrastive losses against these keys.</summary>
    private ContrastiveLoss LossAgainst(Tensor keys_BMKD, Tensor labels_B) => new(
        keys_BMKD.permute(1, 2, 0, 3).contiguous(), labels_B, _guided.Temperature, _guided.SkipSameClassNegatives);

    private sealed record ReplicaFeatures(Tensor Keys_bMKD, IReadOnlyList<(int First, Tensor Last_NTD)> Last)
    {
        public void Dispose()
        {
            Keys_bMKD.Dispose();
            foreach ((_, Tensor last_NTD) in Last) last_NTD.Dispose();
        }
    }
}
