using System.Globalization;
using Starling.Actors.Coordination.Hosts;

namespace Starling.Actors.Coordination;

/// <summary>Commits steps. A step is committed once all hosts have applied it.</summary>
internal static class Steps
{
    /// <summary>
    /// Notes that a host applied a step. Commits the step if this host was the last, and compares the hosts' speeds.
    /// </summary>
    public static RunState OnStepApplied(RunState state, RunEvent.StepApplied e, List<RunEffect> effects)
    {
        if (state.Phase != RunPhase.Running || !state.Progress.TryGetValue(e.Trainer, out HostProgress? known) ||
            known.Step >= e.Step) return state;
        RunState next = state with
        {
            Progress = state.Progress.SetItem(e.Trainer,
                new HostProgress(e.Step, e.BusySeconds, e.WaitSeconds) { Figures = e.Figures }),
        };
        long committed = next.Progress.Values.Min(p => p.Step);
        if (committed <= state.Step) return next;
        SlowTrainers slow = state.Slow.After(state.Hosting.ToDictionary(
            h => h.Trainer, h => next.Progress[h.Trainer].BusySeconds / h.Replicas.Count));
        foreach (string trainer in slow.Flagged.Except(state.Slow.Flagged))
            effects.Add(new RunEffect.Fault(string.Create(CultureInfo.InvariantCulture,
                $"trainer {trainer} is slow: a replica takes it {1 / slow.ScoreOf(trainer):0.00} times as long as " +
                $"the others, on average over {SlowTrainers.Window} steps")));
        // Only trainers that are still hosts count here: a slow trainer that is gone has not become any faster.
        foreach (string trainer in state.Slow.Flagged.Where(t => !slow.IsFlagged(t) && slow.ScoreOf(t) is not null))
            effects.Add(new RunEffect.Note($"trainer {trainer} keeps up with the others again"));
        return UnfitTrainers.Forgive(next) with
        {
            Step = committed,
            StepTick = state.Ticks,
            StepTicks = (state.Ticks - state.StepTick) / (committed - state.Step),
            Furthest = Math.Max(state.Furthest, committed),
            Slow = slow,
            DataFault = null,
        };
    }
}
