using Starling.Data.Randomness;

namespace Starling.Data.Ordering;

/// <summary>
/// The order of one epoch, a pure function of (seed, epoch): the row groups in random order, dealt into windows of W,
/// and the samples of each window fully shuffled. Any position can be asked for at any time, so resuming in the middle
/// of an epoch costs one window; W bounds the row groups that are live at once. Safe on any number of threads.
/// </summary>
public sealed class EpochOrder
{
    // A reader moves through windows in order and straddles two at a boundary; a few slots also serve workers that lag.
    private const int Slots = 4;

    private readonly SampleSplit _split;
    private readonly ulong _seed;
    private readonly int _windowRowGroups;
    private readonly int[] _groups;
    private readonly long[] _windowStarts;
    private readonly Window?[] _recent = new Window?[Slots];

    /// <summary>The order of <paramref name="epoch"/>.</summary>
    /// <param name="split">The samples to order.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="windowRowGroups">W, row groups shuffled together; 16 or more mixes well.</param>
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

    /// <summary>Which epoch.</summary>
    public long Epoch { get; }

    /// <summary>Samples in the epoch: each of the split once.</summary>
    public long Total => _split.Total;

    /// <summary>The sample id at a position: O(log windows) once the position's window is shuffled.</summary>
    /// <param name="position">0..Total-1.</param>
    public long SampleAt(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Total);
        int found = Array.BinarySearch(_windowStarts, position);
        int window = found >= 0 ? found : ~found - 1;
        // Of several windows that start here, all but the last are empty.
        while (_windowStarts[window + 1] == position) window++;
        return Shuffled(window).Samples[position - _windowStarts[window]];
    }

    private Window Shuffled(int window)
    {
        ref Window? slot = ref _recent[window % Slots];
        Window? known = Volatile.Read(ref slot);
        if (known?.Number == window) return known;
        // Two threads may both do this work; their results are equal, so whoever writes last is right.
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
