using Starling.Data.Randomness;
using Starling.Data.Shards;

namespace Starling.Data.Ordering;

/// <summary>
/// The samples of one part of a data set. Whether a sample is held out depends on a hash of its id alone. The part is
/// therefore the same in every run over the same shards, and shards that are added at the end move no sample to the
/// other part.
/// </summary>
public sealed class SampleSplit
{
    private const ulong SplitSeed = 0;
    private readonly int[] _counts;

    /// <summary>Makes a split and counts its samples in every row group.</summary>
    /// <param name="index">The shards.</param>
    /// <param name="split">The part.</param>
    /// <param name="holdOut">Share of the samples that is held out, in [0, 1).</param>
    /// <exception cref="StarlingException">The part has no sample.</exception>
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

    /// <summary>The part of the data set.</summary>
    public Split Split { get; }

    /// <summary>Share of the samples that is held out.</summary>
    public double HoldOut { get; }

    /// <summary>Number of samples in the split.</summary>
    public long Total { get; }

    /// <summary>Returns the number of the split's samples in a row group.</summary>
    public int CountIn(int rowGroup) => _counts[rowGroup];

    /// <summary>Tells whether a sample belongs to the split.</summary>
    public bool Contains(long sample) => Contains(sample, Split, HoldOut);

    /// <summary>Returns the ids of the split's samples in a row group, ascending.</summary>
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
