using Starling.Actors.Coordination;

namespace Starling.Actors.Supervision;

/// <summary>Steps per second over the last commits.</summary>
internal sealed class StepRate(TimeProvider time)
{
    private const int Window = 20;

    private readonly Queue<(long Stamp, long Step)> _commits = new();

    /// <summary>0 before the second commit of a generation.</summary>
    public double PerSecond
    {
        get
        {
            if (_commits.Count < 2) return 0;
            (long stamp, long step) = _commits.Peek();
            // Up to now, so that a run that stands still is seen to.
            return (_commits.Last().Step - step) / time.GetElapsedTime(stamp).TotalSeconds;
        }
    }

    /// <summary>Takes in a new state of the run.</summary>
    public void Observe(RunState before, RunState after)
    {
        if (after.Phase != RunPhase.Running) _commits.Clear();
        else if (after.Step != before.Step || before.Phase != RunPhase.Running)
            _commits.Enqueue((time.GetTimestamp(), after.Step));
        while (_commits.Count > Window) _commits.Dequeue();
    }
}
