using System.Collections.Immutable;

namespace Starling.Actors.Coordination.Hosts;

/// <summary>
/// Finds hosts that hold up the others. Each step gives each host a ratio: the time of its own work on one replica,
/// divided by the median of that time over the other hosts. A host becomes slow when the mean of its last
/// <see cref="Window"/> ratios exceeds <see cref="Factor"/>, and stays slow until the mean falls below
/// <see cref="ClearFactor"/>. The mean is used instead of a count of slow steps in a row, because it also finds a host
/// that alternately stops and goes on.
/// </summary>
public sealed class SlowTrainers
{
    /// <summary>Number of steps that are averaged. Steps that a host has not made yet count with the ratio 1.</summary>
    public const int Window = 20;

    /// <summary>
    /// Number of steps that a host must have made before it can be slow. The first steps take longer everywhere,
    /// because they compile, allocate and warm up caches.
    /// </summary>
    public const int MinRatios = 10;

    /// <summary>A host becomes slow when its work takes more than this many times as long as the others'.</summary>
    public const double Factor = 1.5;

    /// <summary>
    /// A slow host stops being slow below this mean. The value is less than <see cref="Factor"/>, so that a host near
    /// the limit is not reported again and again.
    /// </summary>
    public const double ClearFactor = 1.25;

    // With this limit a single step, however long, lifts the mean to 1.25 at most. A host is not slow because of one
    // garbage collection or one wait for the disk.
    private const double MaxRatio = 6;

    private readonly ImmutableSortedDictionary<string, Pace> _paces;

    private SlowTrainers(ImmutableSortedDictionary<string, Pace> paces) => _paces = paces;

    /// <summary>The value before the first step.</summary>
    public static SlowTrainers None { get; } =
        new(ImmutableSortedDictionary.Create<string, Pace>(StringComparer.Ordinal));

    /// <summary>Names of the slow hosts.</summary>
    public IEnumerable<string> Flagged => _paces.Where(p => p.Value.Slow).Select(p => p.Key);

    /// <summary>
    /// Speed of each host relative to the other hosts, from 1/6 to 6. At 1 a host is as fast as the others, at 0.5 half
    /// as fast.
    /// </summary>
    public IEnumerable<KeyValuePair<string, double>> Scores =>
        _paces.Select(p => KeyValuePair.Create(p.Key, p.Value.Score));

    /// <summary>Returns whether a trainer is slow.</summary>
    public bool IsFlagged(string trainer) => _paces.TryGetValue(trainer, out Pace? pace) && pace.Slow;

    /// <summary>Returns the score of a host; null for a trainer that is no host, or the only host.</summary>
    public double? ScoreOf(string trainer) => _paces.TryGetValue(trainer, out Pace? pace) ? pace.Score : null;

    /// <summary>
    /// Returns the values after one more step. Trainers that are no hosts any more are forgotten. With a single host
    /// there is nothing to compare, and all values are forgotten.
    /// </summary>
    /// <param name="busySecondsPerReplica">
    /// Seconds of each host's own work in the step, divided by the number of its replicas.
    /// </param>
    public SlowTrainers After(IReadOnlyDictionary<string, double> busySecondsPerReplica)
    {
        if (busySecondsPerReplica.Count < 2) return None;
        double[] sorted = [.. busySecondsPerReplica.Values.Order()];
        var paces = _paces.Clear().ToBuilder();
        foreach ((string trainer, double busy) in busySecondsPerReplica)
        {
            double median = MedianWithout(sorted, Array.BinarySearch(sorted, busy));
            // A median of 0 means that the clock is too coarse to measure the others' work.
            double ratio = median > 0 ? Math.Clamp(busy / median, 1 / MaxRatio, MaxRatio) : 1;
            paces.Add(trainer, _paces.GetValueOrDefault(trainer, Pace.Unknown).After(ratio));
        }
        return new SlowTrainers(paces.ToImmutable());
    }

    /// <summary>
    /// Returns the median of all values except the one at index <paramref name="left"/>. The values are sorted once for
    /// all hosts, which keeps the cost of a step small with many hosts.
    /// </summary>
    private static double MedianWithout(double[] sorted, int left)
    {
        int others = sorted.Length - 1;
        return (Other((others - 1) / 2) + Other(others / 2)) / 2;

        double Other(int i) => sorted[i < left ? i : i + 1];
    }

    /// <param name="Ratios">The last ratios, oldest first; at most <see cref="Window"/>.</param>
    /// <param name="Score">Reciprocal of the mean ratio.</param>
    /// <param name="Slow">Whether the host is slow.</param>
    private sealed record Pace(ImmutableArray<double> Ratios, double Score, bool Slow)
    {
        public static readonly Pace Unknown = new([], 1, Slow: false);

        public Pace After(double ratio)
        {
            ImmutableArray<double> ratios = (Ratios.Length < Window ? Ratios : Ratios.RemoveAt(0)).Add(ratio);
            // Missing ratios count as 1. A mean of only ten ratios could exceed the limit because of a single long
            // step.
            double mean = (ratios.Sum() + Window - ratios.Length) / Window;
            bool slow = Slow ? mean >= ClearFactor : ratios.Length >= MinRatios && mean > Factor;
            return new Pace(ratios, 1 / mean, slow);
        }
    }
}
