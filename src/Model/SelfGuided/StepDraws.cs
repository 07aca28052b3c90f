using Starling.Data.Randomness;

namespace Starling.Model.SelfGuided;

/// <summary>
/// The random choices of one training step, except dropout. Each is a pure function of the seed, the step, and the
/// place in the global batch. So any trainer can make the draws of any replica, and a replica that moves to another
/// trainer gets the same ones.
/// </summary>
/// <param name="seed">The run's seed.</param>
/// <param name="step">Number of the step, from 0.</param>
/// <param name="tokens">T, positions of a sequence: the class token and T−1 image tokens.</param>
/// <param name="options">Mask ratio, number of contrasted positions, and the other settings of ST-AR.</param>
public sealed class StepDraws(ulong seed, long step, int tokens, SelfGuidedOptions options) : IStepDraws
{
    /// <inheritdoc/>
    public bool DropsClass(int image, double probability) =>
        KeyedRandom.For(seed, RandomPurpose.ClassDrop, step, image).Chance(probability);

    /// <inheritdoc/>
    public int[] ContrastPositions() => KeyedRandom.For(seed, RandomPurpose.ContrastSteps, step)
        .Choose(Math.Min(options.ContrastSteps, tokens), tokens);

    /// <inheritdoc/>
    public void MaskKeys(int image, int view, Span<bool> masked_T)
    {
        masked_T.Clear();
        KeyedRandom random = KeyedRandom.For(seed, RandomPurpose.AttentionMask, step, image, view);
        if (options.MaskCount == MaskCount.Exact)
        {
            int count = Math.Min((int)(options.MaskRatio * tokens), tokens - 1);
            foreach (int position in random.Choose(count, tokens - 1)) masked_T[position + 1] = true;
            return;
        }
        for (int position = 1; position < tokens; position++) masked_T[position] = random.Chance(options.MaskRatio);
    }

    /// <inheritdoc/>
    public long CountMasked(int images, int views)
    {
        if (options.MaskCount == MaskCount.Exact)
            return (long)images * views * Math.Min((int)(options.MaskRatio * tokens), tokens - 1);
        bool[] masked = new bool[tokens];
        long count = 0;
        for (int image = 0; image < images; image++)
        {
            for (int view = 0; view < views; view++)
            {
                MaskKeys(image, view, masked);
                count += masked.Count(m => m);
            }
        }
        return count;
    }
}
