namespace Starling.Actors.Page;

/// <summary>How fast steps are made, by the last of them.</summary>
internal sealed class StepPace
{
    private const int Kept = 64;

    private readonly Queue<(double At, long Step)> _last = new();
    private (double At, long Step) _newest;

    /// <summary>Steps per second; null before two steps are known.</summary>
    public double? PerSecond =>
        _last.Count > 1 && _last.Peek() is var (at, step) && _newest.At > at && _newest.Step > step
            ? (_newest.Step - step) / (_newest.At - at) : null;

    /// <summary>Adds a step. A step that goes back begins anew.</summary>
    public void Add(double at, long step)
    {
        if (step <= _newest.Step) _last.Clear();
        _newest = (at, step);
        _last.Enqueue(_newest);
        if (_last.Count > Kept) _last.Dequeue();
    }

    /// <summary>Forgets the steps: the process that made them has ended.</summary>
    public void Clear() => _last.Clear();
}
