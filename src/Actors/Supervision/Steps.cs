namespace Starling.Actors.Supervision;

/// <summary>Commits: a step counts once all hosts have applied it.</summary>
internal static class Steps
{
    public static RunState Applied(RunState state, RunEvent.StepApplied e, List<RunEffect> effects)
    {
        if (state.Phase != RunPhase.Running || !state.Progress.TryGetValue(e.Trainer, out HostProgress? known) ||
            known.Step >= e.Step) return state;
        RunState next = state with
        {
            Progress = state.Progress.SetItem(e.Trainer, new HostProgress(e.Step, e.BusySeconds, e.WaitSeconds)),
        };
        long committed = next.Progress.Values.Min(p => p.Step);
        if (committed <= state.Step) return next;
        SlowTrainers slow = state.Slow.After(state.Hosting.ToDictionary(
            h => h.Trainer, h => next.Progress[h.Trainer].BusySeconds / h.Replicas.Count));
        foreach (string trainer in slow.Flagged.Except(state.Slow.Flagged))
            effects.Add(new RunEffect.Fault($"trainer {trainer} is slow: for {SlowTrainers.Patience} steps a replica " +
                $"took it more than {SlowTrainers.Factor} times as long as the others"));
        foreach (string trainer in state.Slow.Flagged.Except(slow.Flagged))
            effects.Add(new RunEffect.Note($"trainer {trainer} is as fast as the others again"));
        return next with { Step = committed, Furthest = Math.Max(state.Furthest, committed), Slow = slow };
    }
}
