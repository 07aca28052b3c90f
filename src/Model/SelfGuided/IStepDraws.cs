namespace Starling.Model.SelfGuided;

/// <summary>Every random choice of one training step but dropout; see <see cref="StepDraws"/>.</summary>
public interface IStepDraws
{
    /// <summary>
    /// Whether the image at this place of the global batch loses its class; shared by views, student and teacher.
    /// </summary>
    bool DropsClass(int image, double probability);

    /// <summary>𝓘 of Eq. 5: K positions, the same for the whole batch, all views, student and teacher.</summary>
    int[] ContrastPositions();

    /// <summary>
    /// M of Eq. 3 for one student sequence: true where a position may not serve as a key. The class token, position 0,
    /// is never masked, or its own row would have nothing to attend to.
    /// </summary>
    void MaskKeys(int image, int view, Span<bool> masked_T);

    /// <summary>Masked positions of the whole global batch: what the masked-only form of Eq. 4 averages over.</summary>
    long CountMasked(int images, int views);
}
