namespace Starling.Model.Evaluation;

/// <summary>Where along the sequence a linear probe looks (the ST-AR paper's Figures 1b and 4).</summary>
public static class ProbePositions
{
    /// <summary>
    /// The last step of each of <paramref name="count"/> equal parts of the sequence: 32, 64, …, 256 for 256 tokens.
    /// Steps count from 1: step t is hidden position t − 1, the one that predicts token t.
    /// </summary>
    /// <param name="tokens">Sequence length T.</param>
    /// <param name="count">Number of parts; a sequence shorter than that gives one step a token.</param>
    public static int[] Uniform(int tokens, int count = 8)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        IEnumerable<int> steps = Enumerable.Range(1, count).Select(i => (int)((long)tokens * i / count));
        return [.. steps.Where(step => step > 0).Distinct()];
    }
}
