using System.Collections.Immutable;

namespace Starling.Actors.Supervision;

/// <summary>
/// Finds hosts that hold up the others: whose work on a replica takes <see cref="Factor"/> times as long as the median
/// of the others', for <see cref="Patience"/> steps in a row. As many steps without that clear a host again.
/// </summary>
public sealed class SlowTrainers
{
    /// <summary>So many times the others' median is slow.</summary>
    public const double Factor = 1.5;

    /// <summary>Steps in a row that change the verdict.</summary>
    public const int Patience = 10;

    private readonly ImmutableSortedDictionary<string, Pace> _paces =
        ImmutableSortedDictionary.Create<string, Pace>(StringComparer.Ordinal);

    private SlowTrainers() { }

    /// <summary>Nothing observed yet.</summary>
    public static SlowTrainers None { get; } = new();

    /// <summary>Names of the slow ones.</summary>
    public IEnumerable<string> Flagged => _paces.Where(p => p.Value.Slow).Select(p => p.Key);

    /// <summary>Whether a trainer is slow.</summary>
    public bool IsFlagged(string trainer) => _paces.TryGetValue(trainer, out Pace? pace) && pace.Slow;

    /// <summary>Takes in a step; forgets who is no host.</summary>
    /// <param name="busySecondsPerReplica">Each host's own work in the step, divided by its replicas.</param>
    public SlowTrainers After(IReadOnlyDictionary<string, double> busySecondsPerReplica)
    {
        var paces = _paces.Clear().ToBuilder();
        foreach ((string trainer, double busy) in busySecondsPerReplica)
        {
            double[] others = [.. busySecondsPerReplica.Where(h => h.Key != trainer).Select(h => h.Value).Order()];
            bool slow = others.Length > 0 && busy > Factor * Median(others);
            paces.Add(trainer, _paces.GetValueOrDefault(trainer, Pace.Unknown).After(slow));
        }
        return new SlowTrainers(paces.ToImmutable());
    }

    private SlowTrainers(ImmutableSortedDictionary<string, Pace> paces) => _paces = paces;

    private static double Median(double[] sorted) =>
        (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    /// <param name="Slow">The verdict.</param>
    /// <param name="Against">Steps in a row that contradict it.</param>
    private sealed record Pace(bool Slow, int Against)
    {
        public static readonly Pace Unknown = new(Slow: false, Against: 0);

        public Pace After(bool slow) => slow == Slow ? this with { Against = 0 }
            : Against + 1 < Patience ? this with { Against = Against + 1 }
            : new Pace(slow, 0);
    }
}
