// Shapes: N sequences (images x student views), T positions, D width.
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.SelfGuided;

/// <summary>
/// L_MIM, Eq. 4: the cosine distance between the features of the student, which sees the mask, and of the teacher,
/// which does not, position by position.
/// </summary>
public static class MaskedAttentionLoss
{
    private const double SmallestNorm = 1e-8; // as in torch.nn.functional.cosine_similarity

    /// <summary>
    /// Computes the sum of the distances over all positions, or over the masked ones only: a float32 scalar.
    /// </summary>
    /// <param name="student_NTD">The student's features [N, T, D]. Gradient flows through them.</param>
    /// <param name="teacher_NTD">The teacher's features [N, T, D], without gradient.</param>
    /// <param name="masked_NT">
    /// The masked positions, bool [N, T], if only they count; null if all positions count.
    /// </param>
    public static Tensor Sum(Tensor student_NTD, Tensor teacher_NTD, Tensor? masked_NT)
    {
        Tensor s_NTD = student_NTD.to(ScalarType.Float32), t_NTD = teacher_NTD.detach().to(ScalarType.Float32);
        Tensor cosine_NT = (s_NTD * t_NTD).sum([-1]) / (Norm(s_NTD) * Norm(t_NTD));
        Tensor distance_NT = ones_like(cosine_NT) - cosine_NT;
        if (masked_NT is not null) distance_NT = distance_NT * masked_NT.to(ScalarType.Float32);
        return distance_NT.sum([-1]).sum();
    }

    private static Tensor Norm(Tensor x_NTD) => x_NTD.Squared().sum([-1]).sqrt().AtLeast(SmallestNorm);
}
