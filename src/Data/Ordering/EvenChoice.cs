using Starling.Data.Randomness;

namespace Starling.Data.Ordering;

/// <summary>
/// Which images stand for a data set that is too large to look at in full. The choice is the same in every run over
/// the same images, whatever its seed, so that scores compare.
/// </summary>
public static class EvenChoice
{
    private const ulong ChoiceSeed = 0;

    /// <summary>
    /// Ascending positions of 0..<paramref name="total"/>−1: one drawn from each of <paramref name="count"/> equal
    /// parts, or all if there are no more than that; 0 for all.
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
