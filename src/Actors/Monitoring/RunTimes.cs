using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Metrics;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Monitoring;

/// <summary>
/// Accounts for the time of a run since its first start: each moment belongs to one <see cref="RunActivity"/>, over all
/// restarts and supervisors. Follows the leading supervisor's state, and decides nothing.
/// </summary>
/// <remarks>
/// While steps are made, time is only charged when a step is committed, because only then is it known what it was spent
/// on: it is divided as the hosts' own times in that step are, on average over the hosts.
/// </remarks>
internal sealed class RunTimes
{
    private static readonly int Activities = Enum.GetValues<RunActivity>().Length;

    private readonly double[] _seconds = new double[Activities];
    private RunState? _known;
    private DateTimeOffset _until;
    private bool _ran; // whether steps were made under this supervisor

    /// <summary>Goes on from what an earlier supervisor has accounted for.</summary>
    /// <param name="earlier">What it has left; null for the first supervisor of the run.</param>
    /// <param name="started">When this process started.</param>
    /// <param name="now">The time now, when this supervisor begins to lead.</param>
    public RunTimes(RunTimesRecord? earlier, DateTimeOffset started, DateTimeOffset now)
    {
        _until = now;
        if (earlier is null)
        {
            Since = started < now ? started : now;
            Charge(RunActivity.Startup, now - Since);
            return;
        }
        Since = earlier.Since;
        foreach ((string name, double seconds) in earlier.Seconds)
            if (Array.FindIndex(Enum.GetValues<RunActivity>(), a => a.Named() == name) is var found and >= 0)
                _seconds[found] += seconds;
        // A process that ran before the other supervisor's last word stood by and takes over.
        if (started <= earlier.Until)
        {
            TookOverFrom = earlier.Until;
            Charge(RunActivity.Recovery, now - earlier.Until);
            return;
        }
        Charge(RunActivity.Down, started - earlier.Until);
        Charge(RunActivity.Startup, now - started);
    }

    /// <summary>When the run was first started.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>
    /// When the supervisor was last heard of that this one has taken over from; null if the run was down before.
    /// </summary>
    public DateTimeOffset? TookOverFrom { get; }

    /// <summary>Seconds of each activity so far, in the order of <see cref="RunActivity"/>.</summary>
    public IReadOnlyList<double> Seconds => _seconds;

    /// <summary>What the next supervisor goes on from.</summary>
    public RunTimesRecord Record => new(Since, _until,
        Enum.GetValues<RunActivity>().ToDictionary(a => a.Named(), a => Math.Round(_seconds[(int)a], 3)));

    /// <summary>Charges the time until now by what has changed in the state.</summary>
    /// <param name="state">The state now.</param>
    /// <param name="now">The time now.</param>
    public void Changed(RunState state, DateTimeOffset now)
    {
        RunState before = _known ?? state;
        _known = state;
        bool ran = before.Phase == RunPhase.Running;
        if (ran && state.Step > before.Step) ChargeSteps(before, state, now);
        else if (!ran) Pass(ActivityOf(before), now);
        else if (state.Phase != RunPhase.Running)
            Pass(ActivityOf(state) ?? RunActivity.Waiting, now); // what was begun is not finished
        _ran |= state.Phase == RunPhase.Running;
    }

    /// <summary>Charges the time until now, as far as it is known what it is spent on.</summary>
    public void Tick(DateTimeOffset now)
    {
        if (_known is not { } state) return;
        if (state.Phase != RunPhase.Running || Waiting.For(state) is not null)
            Pass(ActivityOf(state), now);
    }

    private void Pass(RunActivity? activity, DateTimeOffset now)
    {
        if (activity is not { } known) return; // the time after the end is the next supervisor's
        Charge(known, now - _until);
        _until = now;
    }

    /// <summary>Returns what goes on while no step is committed; null after the run's end.</summary>
    private RunActivity? ActivityOf(RunState state) => state.Phase switch
    {
        RunPhase.Ended => null,
        RunPhase.Running => state.DataFault is not null || state.Loaders == 0
            ? RunActivity.DataWait : RunActivity.Waiting,
        RunPhase.Draining => state.Checkpoint < state.FinalStep
            ? RunActivity.CheckpointBlock : RunActivity.Evaluation,
        _ when state.MissingTicks >= Waiting.TicksBeforeNote => RunActivity.Waiting,
        _ => _ran || TookOverFrom is not null ? RunActivity.Recovery : RunActivity.Startup,
    };

    private void ChargeSteps(RunState before, RunState state, DateTimeOffset now)
    {
        double passed = Math.Max(0, (now - _until).TotalSeconds);
        _until = now;
        if (state.Step <= before.Furthest)
        {
            _seconds[(int)RunActivity.Redo] += passed;
            return;
        }
        StepFigures[] figures = [.. state.Progress.Values.Select(p => p.Figures).OfType<StepFigures>()];
        long steps = state.Step - before.Step;
        double data = Mean(f => f.DataWaitSeconds), blocked = Mean(f => f.BlockedSeconds),
            exchange = Mean(f => f.ExchangeSeconds),
            busy = state.Progress.Values.Select(p => p.BusySeconds).DefaultIfEmpty(0).Average() * steps;
        double told = data + blocked + exchange + busy;
        // The hosts' clocks and this one differ a little. What no host tells of is spent on the way to the supervisor.
        double scale = told > passed ? passed / told : 1;
        _seconds[(int)RunActivity.DataWait] += data * scale;
        _seconds[(int)RunActivity.CheckpointBlock] += blocked * scale;
        _seconds[(int)RunActivity.Productive] += busy * scale;
        _seconds[(int)RunActivity.Exchange] += exchange * scale + Math.Max(0, passed - told);

        double Mean(Func<StepFigures, double> of) => figures.Select(of).DefaultIfEmpty(0).Average() * steps;
    }

    private void Charge(RunActivity activity, TimeSpan time) =>
        _seconds[(int)activity] += Math.Max(0, time.TotalSeconds);
}
