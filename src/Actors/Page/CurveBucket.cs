namespace Starling.Actors.Page;

/// <summary>Steps that follow one another, of which each series keeps its least and its greatest value.</summary>
internal sealed class CurveBucket
{
    private readonly double?[] _least = new double?[StepCurves.Names.Count];
    private readonly double?[] _greatest = new double?[StepCurves.Names.Count];
    private readonly bool[] _falls = new bool[StepCurves.Names.Count];

    /// <summary>Makes a bucket of one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="values">The value of each series; null for none.</param>
    public CurveBucket(long step, IReadOnlyList<double?> values)
    {
        First = Last = step;
        for (int i = 0; i < values.Count; i++) _least[i] = _greatest[i] = values[i];
    }

    /// <summary>The first step.</summary>
    public long First { get; private set; }

    /// <summary>The last step.</summary>
    public long Last { get; private set; }

    /// <summary>How many points of a curve the bucket is.</summary>
    public int Points => First == Last ? 1 : 2;

    /// <summary>The two values of a series: least and greatest, in the order in which they came.</summary>
    public (double? AtFirst, double? AtLast) Of(int series) =>
        _falls[series] ? (_greatest[series], _least[series]) : (_least[series], _greatest[series]);

    /// <summary>Makes a copy of the bucket.</summary>
    public CurveBucket Copy()
    {
        CurveBucket copy = new(First, _least) { Last = Last };
        _greatest.CopyTo(copy._greatest, 0);
        _falls.CopyTo(copy._falls, 0);
        return copy;
    }

    /// <summary>Adds the steps of a later bucket.</summary>
    public void Add(CurveBucket later)
    {
        First = Math.Min(First, later.First);
        Last = Math.Max(Last, later.Last);
        for (int i = 0; i < _least.Length; i++)
        {
            bool lower = !(_least[i] <= later._least[i]) && later._least[i] is not null;
            bool higher = !(_greatest[i] >= later._greatest[i]) && later._greatest[i] is not null;
            if (lower) _least[i] = later._least[i];
            if (higher) _greatest[i] = later._greatest[i];
            if (lower && higher) _falls[i] = later._falls[i];
            else if (lower || higher) _falls[i] = lower;
        }
    }
}
