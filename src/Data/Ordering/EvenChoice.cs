using Starling.Data.Randomness;

namespace Starling.Data.Ordering;

/// <summary>
/// Chooses images that represent a data set which is too large to read in full. The choice does not depend on a run's
/// seed, so that the scores of different runs compare.
/// </summary>
public static class EvenChoice
{
    private const ulong ChoiceSeed = 0;

    /// <summary>
    /// Returns ascending positions of 0..<paramref name="total"/>−1: one drawn from each of <paramref name="count"/>
    /// equal parts. If the count is 0 or above the total, it returns all positions.
    /// </summary>
    public static IEnumerable<long> Of(long total, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0 || count > total) count = total;
        for (long i = 0; i < count; i++)
        {
            long first = Start(i), length = Start(i + 1) - first;
            KeyedRandom random = KeyedRandom.For(ChoiceSeed, RandomPurpose.EvaluationChoice, total, count, i);
            yield return first + (long)(random.NextDouble() * length);
        }

        long Start(long part) => (long)((Int128)total * part / count);
    }
}
