namespace Starling.Data.Ordering;

/// <summary>
/// Which samples make up a step: step s takes the positions [k*B, (k+1)*B) of epoch e, where e and k are the quotient
/// and remainder of s by the steps in an epoch, floor(N / B). The last N mod B positions of an epoch are left out; each
/// epoch leaves out others. Steps count from 0.
/// </summary>
public sealed class StepOrder
{
    private readonly SampleSplit _split;
    private readonly ulong _seed;
    private readonly int _windowRowGroups;
    private readonly EpochOrder?[] _recent = new EpochOrder?[2];

    /// <summary>The order of a run.</summary>
    /// <param name="split">The samples to train on.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="globalBatch">B, samples a step.</param>
    /// <param name="windowRowGroups">W of <see cref="EpochOrder"/>.</param>
    /// <exception cref="StarlingException">A batch is larger than the split.</exception>
    public StepOrder(SampleSplit split, ulong seed, int globalBatch, int windowRowGroups)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(globalBatch);
        (_split, _seed, GlobalBatch, _windowRowGroups) = (split, seed, globalBatch, windowRowGroups);
        StepsPerEpoch = split.Total / globalBatch;
        if (StepsPerEpoch == 0)
            throw new StarlingException($"a global batch of {globalBatch} is more than the {split.Total} samples "
                + $"of the split '{split.Split}'; make the batch smaller or add shards");
    }

    /// <summary>B, samples a step.</summary>
    public int GlobalBatch { get; }

    /// <summary>floor(N / B).</summary>
    public long StepsPerEpoch { get; }

    /// <summary>Samples that each epoch leaves out: N mod B.</summary>
    public long DroppedPerEpoch => _split.Total - (StepsPerEpoch * GlobalBatch);

    /// <summary>The epoch of a step, from 0.</summary>
    public long EpochOf(long step) => step / StepsPerEpoch;

    /// <summary>Position in its epoch of a step's first sample.</summary>
    public long FirstPosition(long step) => step % StepsPerEpoch * GlobalBatch;

    /// <summary>The order of an epoch; the last two asked for are kept.</summary>
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
