using Starling.Data.Randomness;

namespace Starling.Data.Ordering;

/// <summary>
/// The order of the samples in one epoch, a pure function of (seed, epoch). The row groups are put in random order and
/// divided into windows of W; the samples of each window are fully shuffled. Any position can be asked for at any time,
/// so that a run which resumes in the middle of an epoch shuffles one window only. W bounds the number of row groups in
/// use at once. Any number of threads may use an order.
/// </summary>
public sealed class EpochOrder
{
    // Readers go through the windows in order. At a boundary they need two windows; slow ones still need older windows.
    private const int Slots = 4;

    private readonly SampleSplit _split;
    private readonly ulong _seed;
    private readonly int _windowRowGroups;
    private readonly int[] _groups;
    private readonly long[] _windowStarts;
    private readonly Window?[] _recent = new Window?[Slots];

    /// <summary>Makes the order of <paramref name="epoch"/>.</summary>
    /// <param name="split">The samples to order.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">Number of the epoch, from 0.</param>
    /// <param name="windowRowGroups">W, the number of row groups that are shuffled together. 16 mix well.</param>
    public EpochOrder(SampleSplit split, ulong seed, long epoch, int windowRowGroups)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(windowRowGroups);
        (_split, _seed, Epoch, _windowRowGroups) = (split, seed, epoch, windowRowGroups);
        _groups = [.. Enumerable.Range(0, split.Index.RowGroups.Count)];
        KeyedRandom.For(seed, RandomPurpose.RowGroupOrder, epoch).Shuffle<int>(_groups);
        int[][] windows = [.. _groups.Chunk(windowRowGroups)];
        _windowStarts = new long[windows.Length + 1];
        for (int w = 0; w < windows.Length; w++)
            _windowStarts[w + 1] = _windowStarts[w] + windows[w].Sum(group => (long)split.CountIn(group));
    }

    /// <summary>Number of the epoch, from 0.</summary>
    public long Epoch { get; }

    /// <summary>Number of samples in the epoch, which has each sample of the split once.</summary>
    public long Total => _split.Total;

    /// <summary>
    /// Returns the sample id at a position. This takes O(log windows) once the position's window is shuffled.
    /// </summary>
    /// <param name="position">The position, 0..Total-1.</param>
    public long SampleAt(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Total);
        int found = Array.BinarySearch(_windowStarts, position);
        int window = found >= 0 ? found : ~found - 1;
        // If several windows start at this position, all but the last are empty.
        while (_windowStarts[window + 1] == position) window++;
        return Shuffled(window).Samples[position - _windowStarts[window]];
    }

    private Window Shuffled(int window)
    {
        ref Window? slot = ref _recent[window % Slots];
        Window? known = Volatile.Read(ref slot);
        if (known?.Number == window) return known;
        // Two threads may both shuffle the window. Their results are equal, so it does not matter which one is kept.
        Window made = Shuffle(window);
        Volatile.Write(ref slot, made);
        return made;
    }

    private Window Shuffle(int window)
    {
        IEnumerable<int> groups = _groups.Skip(window * _windowRowGroups).Take(_windowRowGroups);
        long[] samples = [.. groups.SelectMany(_split.SamplesIn)];
        KeyedRandom.For(_seed, RandomPurpose.WindowOrder, Epoch, window).Shuffle<long>(samples);
        return new Window(window, samples);
    }

    private sealed record Window(int Number, long[] Samples);
}
