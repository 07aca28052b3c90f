namespace Starling.Model.SelfGuided;

/// <summary>The random choices of one training step, except dropout; see <see cref="StepDraws"/>.</summary>
public interface IStepDraws
{
    /// <summary>
    /// Draws whether an image of the global batch loses its class. All views of the image, student and teacher share
    /// the answer.
    /// </summary>
    bool DropsClass(int image, double probability);

    /// <summary>
    /// Draws 𝓘 of Eq. 5: K positions, the same for the whole batch, all views,
    /// student and teacher.
    /// </summary>
    int[] ContrastPositions();

    /// <summary>
    /// Draws M of Eq. 3 for one sequence of the student: true where a position is hidden from the queries. Position 0,
    /// the class token, is never masked, because its own query has no other key to attend to.
    /// </summary>
    void MaskKeys(int image, int view, Span<bool> masked_T);

    /// <summary>
    /// Counts the masked positions of the whole global batch. The form of Eq. 4 that looks at masked positions only
    /// divides by their number.
    /// </summary>
    long CountMasked(int images, int views);
}
