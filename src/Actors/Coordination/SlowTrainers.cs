using System.Collections.Immutable;

namespace Starling.Actors.Coordination;

/// <summary>
/// Finds hosts that hold up the others. Each step gives a host a ratio: its own work on a replica by the median of the
/// others'. A host is slow when the mean of its last <see cref="Window"/> ratios exceeds <see cref="Factor"/>, until it
/// falls below <see cref="ClearFactor"/>. A mean rather than steps in a row also finds a host that stops and goes on
/// in turn.
/// </summary>
public sealed class SlowTrainers
{
    /// <summary>Steps that are averaged; those that a host has not made yet count as if it were healthy.</summary>
    public const int Window = 20;

    /// <summary>Steps of a host before it can be slow: the first ones compile, allocate and warm up caches.</summary>
    public const int MinRatios = 10;

    /// <summary>A host is slow when its work takes so many times the others'.</summary>
    public const double Factor = 1.5;

    /// <summary>
    /// A slow host is cleared below this; less than <see cref="Factor"/>, so that one on the verge is not reported over
    /// and over.
    /// </summary>
    public const double ClearFactor = 1.25;

    // One step of any length lifts the mean to 1.25 at most: a collection or a full disk is no slow host.
    private const double MaxRatio = 6;

    private readonly ImmutableSortedDictionary<string, Pace> _paces;

    private SlowTrainers(ImmutableSortedDictionary<string, Pace> paces) => _paces = paces;

    /// <summary>Nothing observed yet.</summary>
    public static SlowTrainers None { get; } =
        new(ImmutableSortedDictionary.Create<string, Pace>(StringComparer.Ordinal));

    /// <summary>Names of the slow ones.</summary>
    public IEnumerable<string> Flagged => _paces.Where(p => p.Value.Slow).Select(p => p.Key);

    /// <summary>
    /// Speed of each host as the others see it, from 1/6 to 6: at 1 it is as fast as they are, at 0.5 half as fast.
    /// </summary>
    public IEnumerable<KeyValuePair<string, double>> Scores =>
        _paces.Select(p => KeyValuePair.Create(p.Key, p.Value.Score));

    /// <summary>Whether a trainer is slow.</summary>
    public bool IsFlagged(string trainer) => _paces.TryGetValue(trainer, out Pace? pace) && pace.Slow;

    /// <summary>A host's score; null for who is none, or the only one.</summary>
    public double? ScoreOf(string trainer) => _paces.TryGetValue(trainer, out Pace? pace) ? pace.Score : null;

    /// <summary>Takes in a step; forgets who is no host, and everything when there is nobody to compare with.</summary>
    /// <param name="busySecondsPerReplica">Each host's own work in the step, divided by its replicas.</param>
    public SlowTrainers After(IReadOnlyDictionary<string, double> busySecondsPerReplica)
    {
        if (busySecondsPerReplica.Count < 2) return None;
        double[] sorted = [.. busySecondsPerReplica.Values.Order()];
        var paces = _paces.Clear().ToBuilder();
        foreach ((string trainer, double busy) in busySecondsPerReplica)
        {
            double median = MedianWithout(sorted, Array.BinarySearch(sorted, busy));
            // A clock too coarse for the others' work tells nothing.
            double ratio = median > 0 ? Math.Clamp(busy / median, 1 / MaxRatio, MaxRatio) : 1;
            paces.Add(trainer, _paces.GetValueOrDefault(trainer, Pace.Unknown).After(ratio));
        }
        return new SlowTrainers(paces.ToImmutable());
    }

    /// <summary>Sorting once for all hosts keeps a step's cost small however many there are.</summary>
    private static double MedianWithout(double[] sorted, int left)
    {
        int others = sorted.Length - 1;
        return (Other((others - 1) / 2) + Other(others / 2)) / 2;

        double Other(int i) => sorted[i < left ? i : i + 1];
    }

    /// <param name="Ratios">The last ones, oldest first.</param>
    /// <param name="Score">Reciprocal of their mean.</param>
    /// <param name="Slow">The verdict.</param>
    private sealed record Pace(ImmutableArray<double> Ratios, double Score, bool Slow)
    {
        public static readonly Pace Unknown = new([], 1, Slow: false);

        public Pace After(double ratio)
        {
            ImmutableArray<double> ratios = (Ratios.Length < Window ? Ratios : Ratios.RemoveAt(0)).Add(ratio);
            // Ratios that are missing count as 1: with ten of them, one hiccup alone would make a host slow.
            double mean = (ratios.Sum() + Window - ratios.Length) / Window;
            bool slow = Slow ? mean >= ClearFactor : ratios.Length >= MinRatios && mean > Factor;
            return new Pace(ratios, 1 / mean, slow);
        }
    }
}
