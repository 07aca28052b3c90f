using Starling.Actors.Coordination;

namespace Starling.Actors.Supervision;

/// <summary>Measures the steps per second over the last 20 commits.</summary>
internal sealed class StepRate(TimeProvider time)
{
    private const int Window = 20;

    private readonly Queue<(long Stamp, long Step)> _commits = new();

    /// <summary>Steps per second; 0 before the second commit of a generation.</summary>
    public double PerSecond
    {
        get
        {
            if (_commits.Count < 2) return 0;
            (long stamp, long step) = _commits.Peek();
            // The time is taken up to now, not up to the last commit, so that the rate of a run that stands still
            // falls.
            return (_commits.Last().Step - step) / time.GetElapsedTime(stamp).TotalSeconds;
        }
    }

    /// <summary>Counts a commit if the state of the run has one. Starts again when the run is not running.</summary>
    public void Observe(RunState before, RunState after)
    {
        if (after.Phase != RunPhase.Running) _commits.Clear();
        else if (after.Step != before.Step || before.Phase != RunPhase.Running)
            _commits.Enqueue((time.GetTimestamp(), after.Step));
        while (_commits.Count > Window) _commits.Dequeue();
    }
}
