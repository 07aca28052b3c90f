using System.Collections.Immutable;

namespace Starling.Actors.Coordination;

/// <summary>From members to a generation that makes steps: gather, bind, connect, begin.</summary>
internal static class Formation
{
    /// <summary>Forms the first generation as soon as nobody else is waited for.</summary>
    public static RunState Gather(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        if (state.Trainers.IsEmpty) return state.Settled is null ? state : state with { Settled = null };
        // What they hold in their memories has to be stored, which takes neither company nor a loader.
        if (state.Stopping || !state.Leaving.IsEmpty) return Form(plan, state, effects);
        if (state.Settled is null && plan.Settle > TimeSpan.Zero)
        {
            effects.Add(new RunEffect.StartTimer(RunTimer.Settle, state.Generation, plan.Settle));
            return state with { Settled = false };
        }
        return state.Settled != false && state.Loaders > 0 ? Form(plan, state, effects) : state;
    }

    /// <summary>Numbers the next generation and deals the replicas to whoever is there.</summary>
    public static RunState Form(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        int fruitless = state.Furthest > state.GenerationStart ? 0
            : state.Blame is not null && !state.HostLost ? state.FruitlessGenerations + 1
            : state.FruitlessGenerations;
        RunState next = state with
        {
            FruitlessGenerations = fruitless,
            GenerationStart = state.Furthest,
            Bound = state.Bound.Clear(),
            Progress = state.Progress.Clear(),
            FromDisk = false,
            Blame = null,
            HostLost = false,
            Halted = false,
            FinalStep = null,
            FailedCheckpoint = null, // the new generation makes that step, and stores it, again
        };
        if (fruitless >= plan.MaxFruitlessGenerations)
            return Endings.End(next, RunOutcome.Failed,
                $"{fruitless} generations failed without a step; last: {state.Blame}", effects);
        if (state.Trainers.IsEmpty)
            return state.Stopping
                ? Endings.EndAsStored(next, "the last trainer was lost before it stored its state", effects)
                : next with { Phase = RunPhase.Gathering, Hosting = [], Settled = null };

        long generation = state.Generation + 1;
        // Hosts stay hosts: a spare holds no state.
        ImmutableArray<HostedReplicas> hosting = HostingPlan.Deal(
            state.Trainers.Keys.OrderBy(t => state.RankOf(t) < 0).ThenBy(t => t, StringComparer.Ordinal),
            plan.Replicas);
        next = next with { Phase = RunPhase.Binding, Generation = generation, Hosting = hosting };
        // Durable first: a number that a trainer has heard of must never be given out again.
        effects.Add(new RunEffect.Persist(generation, state.Step, state.KnownCheckpoint));
        foreach (string trainer in state.Trainers.Keys)
            effects.Add(new RunEffect.Assign(trainer, generation, next.RankOf(trainer), hosting));
        effects.Add(new RunEffect.StartTimer(RunTimer.Form, generation, plan.FormTimeout));
        return next;
    }

    /// <summary>With the last host's address all can connect; the furthest state is the one to go on from.</summary>
    public static RunState Bound(RunPlan plan, RunState state, RunEvent.TrainerBound e, List<RunEffect> effects)
    {
        if (state.Phase != RunPhase.Binding || state.RankOf(e.Trainer) < 0) return state;
        RunState next = state with
        {
            Bound = state.Bound.SetItem(e.Trainer, new BoundHost(e.Blob, e.Step, e.Checkpoint)),
        };
        if (next.Bound.Count < state.Hosting.Length) return next;

        BoundHost[] hosts = [.. state.Hosting.Select(h => next.Bound[h.Trainer])];
        long furthest = hosts.Max(h => h.Step);
        bool fromDisk = furthest < 0 || furthest < Math.Max(state.KnownCheckpoint, hosts.Max(h => h.Checkpoint));
        int source = fromDisk ? 0 : Array.FindIndex(hosts, h => h.Step == furthest);
        effects.Add(new RunEffect.Connect(state.Generation, [.. hosts.Select(h => h.Blob)], source, fromDisk));
        effects.Add(new RunEffect.StartTimer(RunTimer.Form, state.Generation, plan.FormTimeout));
        return next with { Phase = RunPhase.Connecting, FromDisk = fromDisk };
    }

    /// <summary>With the last host ready, steps begin.</summary>
    public static RunState Ready(RunPlan plan, RunState state, RunEvent.TrainerReady e, List<RunEffect> effects)
    {
        int rank = state.RankOf(e.Trainer);
        if (state.Phase != RunPhase.Connecting || rank < 0) return state;
        RunState next = state with { Progress = state.Progress.SetItem(e.Trainer, new HostProgress(e.Step, 0, 0)) };
        // Where a checkpoint turned out to be damaged, the one before it is what there is, whatever was known.
        if (state.FromDisk && rank == 0)
            next = next with { Checkpoint = Math.Min(state.Checkpoint, e.Checkpoint), EarlierCheckpoint = -1 };
        next = CommittedCheckpoints.Learn(plan, next, Math.Max(e.Checkpoint, next.EarlierCheckpoint));
        if (next.Progress.Count < state.Hosting.Length) return next;
        if (next.Progress.Values.Any(p => p.Step != e.Step))
            return Membership.Broke(plan, next, new RunEvent.ExchangeBroke(e.Trainer, e.Generation,
                "the hosts hold different steps"), effects);
        effects.Add(new RunEffect.Begin(state.Generation, next.Checkpoint));
        long furthest = Math.Max(next.Furthest, e.Step);
        next = next with { Phase = RunPhase.Running, Step = e.Step, Furthest = furthest, GenerationStart = furthest };
        return state.Stopping ? Endings.Halt(next, effects) : next;
    }

    /// <summary>The time for something is over.</summary>
    public static RunState Rang(RunPlan plan, RunState state, RunEvent.TimerRang e, List<RunEffect> effects) =>
        (e.Timer, state.Phase) switch
        {
            (RunTimer.Settle, RunPhase.Gathering) when state.Settled == false => state with { Settled = true },
            (RunTimer.RollCall, RunPhase.RollCall) => Membership.CloseRoll(plan, state, effects),
            (RunTimer.Form, RunPhase.Binding) => WithoutLate(plan, state, state.Bound.ContainsKey, effects),
            (RunTimer.Form, RunPhase.Connecting) => WithoutLate(plan, state, state.Progress.ContainsKey, effects),
            _ => state,
        };

    private static RunState WithoutLate(
        RunPlan plan, RunState state, Func<string, bool> isThere, List<RunEffect> effects)
    {
        string[] late = [.. state.Hosting.Select(h => h.Trainer).Where(t => !isThere(t))];
        string blame = $"{string.Join(", ", late)} did not get ready within {plan.FormTimeout.TotalSeconds:0} s";
        effects.Add(new RunEffect.Fault(blame));
        // Who answers pings is late by the fault of its work; about anybody else the roll call decides, or the cluster.
        if (late.Any(t => state.Silent.Contains(t) || state.Trainers[t].HeardAt < state.Ticks - 1))
            return Membership.CallRoll(plan, state with { Blame = blame }, effects);
        // This may be their work's fault rather than their node's: it counts as fruitless.
        return Form(plan, state with
        {
            Trainers = state.Trainers.RemoveRange(late),
            Leaving = state.Leaving.Except(late),
            Blame = blame,
        }, effects);
    }
}
