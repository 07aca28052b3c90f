namespace Starling.Actors.Coordination;

/// <summary>Who is there: joining, leaving, and what to do when somebody does not answer or something breaks.</summary>
internal static class Membership
{
    public static RunState Joined(RunPlan plan, RunState state, RunEvent.TrainerJoined e, List<RunEffect> effects)
    {
        // Asking twice is no news: forming a generation for it would make trainers that ask form them without end.
        if (state.Trainers.GetValueOrDefault(e.Trainer)?.Incarnation >= e.Incarnation) return state;
        if (IsReleased(state, e.Trainer, e.Incarnation)) return state; // asked before it heard that it may go
        int rank = state.RankOf(e.Trainer);
        RunState next = state with
        {
            Trainers = state.Trainers.SetItem(e.Trainer, new TrainerMember(e.Incarnation, state.Sequence, state.Ticks)),
            Leaving = state.Leaving.Remove(e.Trainer),
            Silent = state.Silent.Remove(e.Trainer),
            HostLost = state.HostLost || rank >= 0, // its earlier incarnation is
        };
        switch (state.Phase)
        {
            case RunPhase.RollCall:
                return Called(plan, next, effects);
            case var _ when rank >= 0 && IsUnderWay(state):
                return Formation.Form(plan, next, effects);
            case RunPhase.Binding or RunPhase.Connecting or RunPhase.Running when IsFull(plan, state):
                // Nothing to host: interrupting the hosts for a spare would cost them a step.
                effects.Add(new RunEffect.Assign(e.Trainer, state.Generation, -1, state.Hosting));
                return next;
            case RunPhase.Binding or RunPhase.Connecting or RunPhase.Running when !IsClosing(state):
                return Formation.Form(plan, next, effects);
            default:
                return next;
        }
    }

    public static RunState Lost(RunPlan plan, RunState state, RunEvent.TrainerLost e, List<RunEffect> effects)
    {
        if (!IsKnown(state, e.Trainer, e.Incarnation)) return state;
        effects.Add(new RunEffect.Fault($"trainer {e.Trainer} is lost: {e.Reason}"));
        bool host = state.RankOf(e.Trainer) >= 0;
        return Without(plan, state with { HostLost = state.HostLost || host }, e.Trainer, effects);
    }

    public static RunState Failed(RunPlan plan, RunState state, RunEvent.TrainerFailed e, List<RunEffect> effects)
    {
        if (!IsKnown(state, e.Trainer, e.Incarnation)) return state;
        effects.Add(new RunEffect.Fault($"trainer {e.Trainer} failed: {e.Reason}"));
        bool host = state.RankOf(e.Trainer) >= 0;
        return Without(plan, host ? state with { Blame = e.Reason } : state, e.Trainer, effects);
    }

    public static RunState Broke(RunPlan plan, RunState state, RunEvent.ExchangeBroke e, List<RunEffect> effects)
    {
        if (state.RankOf(e.Trainer) < 0 || !IsUnderWay(state)) return state;
        effects.Add(new RunEffect.Fault($"trainer {e.Trainer} lost the others: {e.Reason}"));
        return CallRoll(plan, state with { Blame = $"{e.Trainer}: {e.Reason}" }, effects);
    }

    public static RunState Answered(RunPlan plan, RunState state, RunEvent.TrainerAnswered e, List<RunEffect> effects)
    {
        if (!IsKnown(state, e.Trainer, e.Incarnation) || state.Trainers[e.Trainer].Heard >= e.Sequence) return state;
        RunState next = state with
        {
            Trainers = state.Trainers.SetItem(e.Trainer, new TrainerMember(e.Incarnation, e.Sequence, state.Ticks)),
        };
        return state.Phase == RunPhase.RollCall ? Called(plan, next, effects) : next;
    }

    /// <summary>Counts answers rather than time, so that a supervisor that was frozen itself accuses nobody.</summary>
    public static RunState Ticked(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        string[] silent = state.Phase == RunPhase.RollCall ? [] : [.. state.Trainers
            .Where(t => IsOverdue(plan, state, t.Value)).Select(t => t.Key)];
        RunState next = state with { Sequence = state.Sequence + 1, Ticks = state.Ticks + 1 };
        effects.Add(new RunEffect.Ping(next.Sequence));
        if (silent.Any(t => state.RankOf(t) >= 0) && IsUnderWay(state)) return CallRoll(plan, next, effects);
        foreach (string trainer in silent) next = Forget(next, trainer, "it does not answer", effects);
        return next;
    }

    public static RunState Silent(RunState state, RunEvent.TrainerSilent e) =>
        state.Trainers.ContainsKey(e.Trainer) ? state with { Silent = state.Silent.Add(e.Trainer) } : state;

    public static RunState Leaving(RunState state, RunEvent.TrainerLeaving e, List<RunEffect> effects)
    {
        if (IsKnown(state, e.Trainer, e.Incarnation)) return state with { Leaving = state.Leaving.Add(e.Trainer) };
        if (IsReleased(state, e.Trainer, e.Incarnation)) effects.Add(new RunEffect.Release(e.Trainer)); // once more
        return state;
    }

    /// <summary>
    /// Lets go of those that want to leave, at a moment when all hosts hold the state: while a generation is being
    /// formed, the one that leaves may be the only one.
    /// </summary>
    public static RunState LetLeave(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        if (state.Leaving.IsEmpty) return state;
        string[] hosts = [.. state.Leaving.Where(t => state.RankOf(t) >= 0)];
        // Nobody else holds the state, spares do not either: they leave once it is stored.
        if (state.Hosting.Length == hosts.Length) return Endings.Halt(state, effects);
        List<RunEffect> releases = [];
        RunState next = Release(state, releases);
        if (hosts.Length > 0) next = Formation.Form(plan, next, effects);
        // After the others' orders: whoever goes breaks the connections of the generation it was in.
        effects.AddRange(releases);
        return next;
    }

    /// <summary>Lets all go that want to leave.</summary>
    public static RunState Release(RunState state, List<RunEffect> effects)
    {
        foreach (string trainer in state.Leaving) effects.Add(new RunEffect.Release(trainer));
        return state.Leaving.IsEmpty ? state : state with
        {
            Trainers = state.Trainers.RemoveRange(state.Leaving),
            Silent = state.Silent.Except(state.Leaving),
            Released = state.Released.SetItems(state.Leaving.Select(
                t => KeyValuePair.Create(t, state.Trainers[t].Incarnation))),
            Leaving = state.Leaving.Clear(),
        };
    }

    /// <summary>Asks who is there, unless that is being asked already.</summary>
    public static RunState CallRoll(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        long sequence = state.Sequence + 1;
        effects.Add(new RunEffect.Ping(sequence));
        effects.Add(new RunEffect.StartTimer(RunTimer.RollCall, state.Generation, plan.RollCallTimeout));
        return state with { Phase = RunPhase.RollCall, Sequence = sequence, RollCall = sequence };
    }

    /// <summary>
    /// The roll call's time is over. Who has been silent for long is out, unless the cluster cannot reach its node:
    /// then the trainer may be on the other side of a split, and going on without it would be to decide that this side
    /// goes on. Deciding is the split brain resolver's; a node that it gives up is lost, and nobody waits for it.
    /// </summary>
    public static RunState CloseRoll(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        RunState next = state;
        bool waits = false;
        foreach ((string trainer, TrainerMember member) in state.Trainers)
        {
            if (member.Heard >= state.RollCall) continue;
            // The cluster says that it may be elsewhere, or has not had the time to notice.
            if (state.Silent.Contains(trainer) || !IsOverdue(plan, state, member)) waits = true;
            else next = Forget(next, trainer, "it does not answer", effects);
        }
        if (!waits) return Formation.Form(plan, next, effects);
        effects.Add(new RunEffect.StartTimer(RunTimer.RollCall, state.Generation, plan.RollCallTimeout));
        return next;
    }

    private static RunState Called(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        if (state.Trainers.Values.Any(m => m.Heard < state.RollCall)) return state;
        // Where a generation broke by itself without a step, the next would at once do so too: it may need a moment.
        return state.FruitlessGenerations > 0 && !state.HostLost && !state.Trainers.IsEmpty
            ? state
            : Formation.Form(plan, state, effects);
    }

    private static RunState Without(RunPlan plan, RunState state, string trainer, List<RunEffect> effects)
    {
        bool needed = state.RankOf(trainer) >= 0 && IsUnderWay(state);
        RunState next = state with
        {
            Trainers = state.Trainers.Remove(trainer),
            Leaving = state.Leaving.Remove(trainer),
            Silent = state.Silent.Remove(trainer),
        };
        if (state.Phase == RunPhase.RollCall || next.Trainers.IsEmpty && needed) return Called(plan, next, effects);
        return needed ? CallRoll(plan, next, effects) : next;
    }

    private static RunState Forget(RunState state, string trainer, string reason, List<RunEffect> effects)
    {
        effects.Add(new RunEffect.Fault($"trainer {trainer} is lost: {reason}"));
        return state with
        {
            Trainers = state.Trainers.Remove(trainer),
            Leaving = state.Leaving.Remove(trainer),
            Silent = state.Silent.Remove(trainer),
            HostLost = state.HostLost || state.RankOf(trainer) >= 0,
        };
    }

    private static bool IsOverdue(RunPlan plan, RunState state, TrainerMember member) =>
        member.HeardAt < state.Ticks - plan.UnansweredPings;

    private static bool IsReleased(RunState state, string trainer, long incarnation) =>
        state.Released.TryGetValue(trainer, out long released) && released >= incarnation;

    private static bool IsKnown(RunState state, string trainer, long incarnation) =>
        state.Trainers.TryGetValue(trainer, out TrainerMember? known) && known.Incarnation == incarnation;

    private static bool IsFull(RunPlan plan, RunState state) => state.Hosting.Length == plan.Replicas;

    /// <summary>Steps are coming to an end; a newcomer would only delay that.</summary>
    private static bool IsClosing(RunState state) =>
        state.Phase == RunPhase.Running && (state.Stopping || !state.Leaving.IsEmpty);

    /// <summary>The generation still has something to do that every host is needed for.</summary>
    private static bool IsUnderWay(RunState state) => state.Phase switch
    {
        RunPhase.Binding or RunPhase.Connecting or RunPhase.Running => true,
        RunPhase.Draining => state.Checkpoint < state.FinalStep,
        _ => false,
    };
}
