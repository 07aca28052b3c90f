namespace Starling.Model.Training;

/// <summary>
/// The parts of the loss, ST-AR's Eq. 8 (arXiv 2509.15185). Each part is a mean over the global batch, before its
/// weight α or β.
/// </summary>
/// <param name="AutoRegressive">L_AR, next-token cross-entropy in nats.</param>
/// <param name="MaskedAttention">L_MIM, mean cosine distance.</param>
/// <param name="ContrastStep">L_step, InfoNCE between positions.</param>
/// <param name="ContrastView">L_view, InfoNCE between views.</param>
/// <param name="Total">L, the weighted sum of the parts, of which the gradient is taken.</param>
public readonly record struct LossParts(
    double AutoRegressive, double MaskedAttention, double ContrastStep, double ContrastView, double Total)
{
    /// <summary>Number of the parts in the vector that <see cref="FromVector"/> reads.</summary>
    public const int Count = 5;

    /// <summary>
    /// Reads the parts from a vector [<see cref="Count"/>] that holds them in the order of declaration.
    /// </summary>
    public static LossParts FromVector(ReadOnlySpan<float> v) => new(v[0], v[1], v[2], v[3], v[4]);
}
