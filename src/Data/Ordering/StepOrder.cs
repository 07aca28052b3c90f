namespace Starling.Data.Ordering;

/// <summary>
/// The samples of each step. An epoch of N samples has floor(N / B) steps. Step s takes the positions [k*B, (k+1)*B) of
/// epoch e, where e and k are quotient and remainder of s by the number of steps in an epoch. The last N mod B
/// positions of an epoch are left out; they hold other samples in every epoch. Steps count from 0.
/// </summary>
public sealed class StepOrder
{
    private readonly SampleSplit _split;
    private readonly ulong _seed;
    private readonly int _windowRowGroups;
    private readonly EpochOrder?[] _recent = new EpochOrder?[2];

    /// <summary>Makes the order of a run.</summary>
    /// <param name="split">The samples to train on.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="globalBatch">B, the number of samples in a step.</param>
    /// <param name="windowRowGroups">W of <see cref="EpochOrder"/>.</param>
    /// <exception cref="StarlingException">The batch is larger than the split.</exception>
    public StepOrder(SampleSplit split, ulong seed, int globalBatch, int windowRowGroups)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(globalBatch);
        (_split, _seed, GlobalBatch, _windowRowGroups) = (split, seed, globalBatch, windowRowGroups);
        StepsPerEpoch = split.Total / globalBatch;
        if (StepsPerEpoch == 0)
            throw new StarlingException($"a global batch of {globalBatch} is more than the {split.Total} samples "
                + $"of the split '{split.Split}'; make the batch smaller or add shards");
    }

    /// <summary>B, the number of samples in a step.</summary>
    public int GlobalBatch { get; }

    /// <summary>Number of steps in an epoch: floor(N / B).</summary>
    public long StepsPerEpoch { get; }

    /// <summary>Returns the epoch of a step, from 0.</summary>
    public long EpochOf(long step) => step / StepsPerEpoch;

    /// <summary>Returns the position of a step's first sample in its epoch.</summary>
    public long FirstPosition(long step) => step % StepsPerEpoch * GlobalBatch;

    /// <summary>Returns the order of an epoch. Two orders are kept in memory.</summary>
    public EpochOrder Epoch(long epoch)
    {
        ref EpochOrder? slot = ref _recent[epoch % _recent.Length];
        EpochOrder? known = Volatile.Read(ref slot);
        if (known?.Epoch == epoch) return known;
        EpochOrder made = new(_split, _seed, epoch, _windowRowGroups);
        Volatile.Write(ref slot, made);
        return made;
    }
}
