namespace Starling.Model.Training;

/// <summary>The parts of Eq. 8, each a mean over the global batch, before α and β.</summary>
/// <param name="AutoRegressive">L_AR, next-token cross-entropy in nats.</param>
/// <param name="MaskedAttention">L_MIM, mean cosine distance.</param>
/// <param name="ContrastStep">L_step, InfoNCE between positions.</param>
/// <param name="ContrastView">L_view, InfoNCE between views.</param>
/// <param name="Total">The weighted sum that was differentiated.</param>
public readonly record struct LossParts(
    double AutoRegressive, double MaskedAttention, double ContrastStep, double ContrastView, double Total)
{
    /// <summary>Number of parts, their order in <see cref="FromVector"/>.</summary>
    public const int Count = 5;

    /// <summary>Reads the parts in declaration order.</summary>
    public static LossParts FromVector(ReadOnlySpan<float> v) => new(v[0], v[1], v[2], v[3], v[4]);
}
