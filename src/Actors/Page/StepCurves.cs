using System.Globalization;

namespace Starling.Actors.Page;

/// <summary>
/// The curves of a run over its steps, in bounded memory: steps are kept in buckets, and two neighbours become one when
/// there are too many. The least and the greatest value of a bucket stay, so no peak is lost.
/// </summary>
internal sealed class StepCurves
{
    /// <summary>The most points of an answer.</summary>
    public const int MostPoints = 600;

    /// <summary>The fewest points of an answer that may be asked for.</summary>
    public const int FewestPoints = 10;

    private const int MostBuckets = 2 * MostPoints;

    private readonly List<CurveBucket> _buckets = [];
    private long _width = 1;

    /// <summary>The series: fields of the event log's steps.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "loss", "loss_ar", "loss_mim", "loss_contrast_step", "loss_contrast_view", "grad_norm", "learning_rate",
        "key_similarity",
    ];

    /// <summary>
    /// Adds a step. A step that is made again replaces itself where it has a bucket of its own; it is the same bits.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="values">The value of each series; null for none.</param>
    public void Add(long step, IReadOnlyList<double?> values)
    {
        CurveBucket added = new(step, values);
        int at = _buckets.Count;
        while (at > 0 && _buckets[at - 1].First > step) at--;
        if (at > 0 && _buckets[at - 1].First / _width == step / _width)
        {
            if (_width == 1) _buckets[at - 1] = added;
            else _buckets[at - 1].Add(added);
        }
        else if (at < _buckets.Count && _buckets[at].First / _width == step / _width)
        {
            added.Add(_buckets[at]);
            _buckets[at] = added;
        }
        else
        {
            _buckets.Insert(at, added);
        }
        if (_buckets.Count > MostBuckets) Widen(_buckets, ref _width);
    }

    /// <summary>Returns the curves with a limited number of points.</summary>
    /// <param name="points">The most points; the limits of this class are observed.</param>
    public CurvesAnswer Thinned(int points)
    {
        int most = Math.Clamp(points, FewestPoints, MostPoints);
        List<CurveBucket> thin = _buckets;
        long width = _width;
        if (thin.Sum(b => b.Points) > most)
        {
            thin = [.. _buckets.Select(b => b.Copy())];
            while (thin.Sum(b => b.Points) > most) Widen(thin, ref width);
        }
        long[] steps = [.. thin.SelectMany(b => b.Points == 1 ? new[] { b.First } : [b.First, b.Last])];
        return new CurvesAnswer(steps, Names.Select((name, i) => (name, Values: Of(thin, i)))
            .Where(s => s.Values.Any(v => v is not null)).ToDictionary(s => s.name, s => s.Values));
    }

    private static double?[] Of(List<CurveBucket> buckets, int series) =>
    [
        .. buckets.SelectMany(b => b.Of(series) is var (first, last) && b.Points == 1
            ? new[] { Rounded(first) } : [Rounded(first), Rounded(last)]),
    ];

    /// <summary>Rounds to what is seen in a chart: the numbers of the log have 17 digits.</summary>
    private static double? Rounded(double? value) => value is { } v
        ? double.Parse(v.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;

    private static void Widen(List<CurveBucket> buckets, ref long width)
    {
        width *= 2;
        int kept = 0;
        for (int i = 0; i < buckets.Count; i++)
        {
            CurveBucket bucket = buckets[i]; // no enumeration: the list changes meanwhile
            if (kept > 0 && buckets[kept - 1].First / width == bucket.First / width) buckets[kept - 1].Add(bucket);
            else buckets[kept++] = bucket;
        }
        buckets.RemoveRange(kept, buckets.Count - kept);
    }
}
