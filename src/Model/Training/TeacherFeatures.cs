using Starling.Model.SelfGuided;
using static TorchSharp.torch;

namespace Starling.Model.Training;

/// <summary>The teacher's outputs for one step, which the student's losses use.</summary>
/// <param name="Keys">The contrastive losses against the keys of the whole global batch.</param>
/// <param name="ReplicaKeys">
/// The contrastive losses against the keys of one replica, by replica; null unless <see cref="NegativeScope.Replica"/>
/// is configured.
/// </param>
/// <param name="Positions_K">𝓘 of Eq. 5, the contrasted positions, int64 [K].</param>
/// <param name="Last">
/// The targets of L_MIM: the last features of this trainer's replicas, [N, T, D], by replica and by the index of the
/// micro-batch's first image in the replica. Empty if α is 0.
/// </param>
public sealed record TeacherFeatures(
    ContrastiveLoss Keys, IReadOnlyDictionary<int, ContrastiveLoss>? ReplicaKeys, Tensor Positions_K,
    IReadOnlyDictionary<(int Replica, int First), Tensor> Last);
