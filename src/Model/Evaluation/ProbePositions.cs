namespace Starling.Model.Evaluation;

/// <summary>The positions of the sequence at which a linear probe is trained (ST-AR, Figures 1b and 4).</summary>
public static class ProbePositions
{
    /// <summary>
    /// Gives the last step of each of <paramref name="count"/> equal parts of the sequence: 32, 64, …, 256 for 256
    /// tokens. Steps count from 1. Step t is the hidden position t − 1, which predicts token t.
    /// </summary>
    /// <param name="tokens">Sequence length T.</param>
    /// <param name="count">Number of parts. A shorter sequence gives one step for each token.</param>
    public static int[] Uniform(int tokens, int count = 8)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        IEnumerable<int> steps = Enumerable.Range(1, count).Select(i => (int)((long)tokens * i / count));
        return [.. steps.Where(step => step > 0).Distinct()];
    }
}
