using Starling.Model.SelfGuided;
using static TorchSharp.torch;

namespace Starling.Model.Training;

/// <summary>What the teacher says about a step.</summary>
/// <param name="Keys">Contrastive loss against the keys of the whole global batch.</param>
/// <param name="ReplicaKeys">The same against one replica's keys, by replica; null unless configured so.</param>
/// <param name="Positions_K">The contrasted positions, int64.</param>
/// <param name="Last">
/// Features of the hosted replicas for L_MIM, [N, T, D], by (replica, first image of the micro-batch).
/// </param>
public sealed record TeacherFeatures(
    ContrastiveLoss Keys, IReadOnlyDictionary<int, ContrastiveLoss>? ReplicaKeys, Tensor Positions_K,
    IReadOnlyDictionary<(int Replica, int First), Tensor> Last);
