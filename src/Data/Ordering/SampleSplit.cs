using Starling.Data.Randomness;
using Starling.Data.Shards;

namespace Starling.Data.Ordering;

/// <summary>
/// The samples of one split. A sample is held out by a hash of its id alone, with a constant seed, so that the split is
/// the same in every run over the same shards and adding shards at the end moves no sample across it.
/// </summary>
public sealed class SampleSplit
{
    private const ulong SplitSeed = 0;
    private readonly int[] _counts;

    /// <summary>Counts the split's samples in every row group.</summary>
    /// <param name="index">The shards.</param>
    /// <param name="split">Which part.</param>
    /// <param name="holdOut">Share of the samples that is held out, in [0, 1).</param>
    /// <exception cref="StarlingException">The part holds no sample.</exception>
    public SampleSplit(ShardIndex index, Split split, double holdOut)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(holdOut);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(holdOut, 1);
        (Index, Split, HoldOut) = (index, split, holdOut);
        _counts = [.. index.RowGroups.Select(group => Count(group, split, holdOut))];
        Total = _counts.Sum(count => (long)count);
        if (Total == 0)
            throw new StarlingException($"the split '{split}' of {index.TotalRows} samples is empty with a hold-out "
                + $"share of {holdOut}; change the share");
    }

    /// <summary>The shards.</summary>
    public ShardIndex Index { get; }

    /// <summary>Which part.</summary>
    public Split Split { get; }

    /// <summary>Share of the samples that is held out.</summary>
    public double HoldOut { get; }

    /// <summary>Number of samples.</summary>
    public long Total { get; }

    /// <summary>Samples in a row group.</summary>
    public int CountIn(int rowGroup) => _counts[rowGroup];

    /// <summary>Whether a sample belongs to the split.</summary>
    public bool Contains(long sample) => Contains(sample, Split, HoldOut);

    /// <summary>Ids of the split's samples in a row group, ascending.</summary>
    public IEnumerable<long> SamplesIn(int rowGroup)
    {
        RowGroupInfo group = Index.RowGroups[rowGroup];
        for (long sample = group.FirstSample; sample < group.EndSample; sample++)
            if (Contains(sample)) yield return sample;
    }

    private static int Count(RowGroupInfo group, Split split, double holdOut)
    {
        int count = 0;
        for (long sample = group.FirstSample; sample < group.EndSample; sample++)
            if (Contains(sample, split, holdOut)) count++;
        return count;
    }

    private static bool Contains(long sample, Split split, double holdOut) => split switch
    {
        Split.All => true,
        Split.Train => !IsHeldOut(sample, holdOut),
        _ => IsHeldOut(sample, holdOut),
    };

    private static bool IsHeldOut(long sample, double share) =>
        share > 0 && KeyedRandom.For(SplitSeed, RandomPurpose.HoldOut, sample).Chance(share);
}
