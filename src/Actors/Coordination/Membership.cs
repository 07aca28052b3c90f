using Starling.Data;

namespace Starling.Actors.Coordination;

// Membership decides which trainers are members of the run: trainers join, are lost, fail, leave and are released.
// Where a change concerns the hosts of the current generation, Membership calls Formation, which calls the roll or
// forms the next generation. Formation never calls Membership.

/// <summary>Decides which trainers are members of the run.</summary>
internal static class Membership
{
    /// <summary>Adds a trainer, or the newer incarnation of one that is there.</summary>
    public static RunState OnTrainerJoined(
        RunPlan plan, RunState state, RunEvent.TrainerJoined e, List<RunEffect> effects)
    {
        // A repeated registration changes nothing. If it started a new generation, registrations that are sent once a
        // second would start generations forever.
        if (state.Trainers.GetValueOrDefault(e.Trainer)?.Incarnation >= e.Incarnation) return state;
        // The registration was sent before the trainer heard of its release.
        if (IsReleased(state, e.Trainer, e.Incarnation)) return state;
        if (UnfitTrainers.ReasonAgainst(plan, state, e.Trainer) is { } unfit)
        {
            effects.Add(new RunEffect.LeaveOut(e.Trainer, unfit));
            return state;
        }
        int rank = state.RankOf(e.Trainer);
        RunState next = state with
        {
            Trainers = state.Trainers.SetItem(e.Trainer, new TrainerMember(e.Incarnation, state.Sequence, state.Ticks)),
            Expected = state.Phase == RunPhase.Gathering ? state.Expected.Union(e.Hosts) : state.Expected,
            Leaving = state.Leaving.Remove(e.Trainer),
            Silent = state.Silent.Remove(e.Trainer),
            HostLost = state.HostLost || rank >= 0, // a host that registers anew has lost its earlier incarnation
        };
        switch (state.Phase)
        {
            case RunPhase.RollCall:
                return Formation.FormIfAllAnswered(plan, next, effects);
            case var _ when rank >= 0 && state.NeedsAllHosts:
                return Formation.Form(plan, next, effects);
            case RunPhase.Binding or RunPhase.Connecting or RunPhase.Running when HasAllHosts(plan, state):
                // The trainer becomes a spare. A new generation would cost the hosts a step and gain nothing.
                effects.Add(new RunEffect.Assign(e.Trainer, state.Generation, -1, state.Hosting));
                return next;
            case RunPhase.Binding or RunPhase.Connecting or RunPhase.Running when !IsAboutToEnd(state):
                return Formation.Form(plan, next, effects);
            default:
                return next;
        }
    }

    /// <summary>Removes a trainer whose process or node is gone.</summary>
    public static RunState OnTrainerLost(RunPlan plan, RunState state, RunEvent.TrainerLost e, List<RunEffect> effects)
    {
        if (!state.Knows(e.Trainer, e.Incarnation)) return state;
        effects.Add(new RunEffect.Fault($"trainer {e.Trainer} is lost: {e.Reason}"));
        bool host = state.RankOf(e.Trainer) >= 0;
        return RemoveTrainer(plan, state with { HostLost = state.HostLost || host }, e.Trainer, effects);
    }

    /// <summary>Removes a trainer whose loop failed, and remembers the reason if it was a host.</summary>
    public static RunState OnTrainerFailed(
        RunPlan plan, RunState state, RunEvent.TrainerFailed e, List<RunEffect> effects)
    {
        if (!state.Knows(e.Trainer, e.Incarnation)) return state;
        effects.Add(new RunEffect.Fault($"trainer {e.Trainer} failed: {e.Reason}"));
        bool host = state.RankOf(e.Trainer) >= 0;
        RunState next = host ? state with { Blame = e.Reason } : state;
        if (state.Trainers.Count > 1)
        {
            // The failure counts for the trainer, not for the run: the others may be able to go on.
            next = UnfitTrainers.Count(next, e.Trainer, e.Reason) with { HostLost = next.HostLost || host };
            if (next.Failures[e.Trainer].Count >= plan.MaxTrainerFailures)
                UnfitTrainers.LeaveOut(e.Trainer, e.Reason, effects);
        }
        return RemoveTrainer(plan, next, e.Trainer, effects);
    }

    /// <summary>
    /// Goes on without a trainer that cannot work on its node. Ends the run if no trainer is left and none that works
    /// can come.
    /// </summary>
    public static RunState OnTrainerUnfit(
        RunPlan plan, RunState state, RunEvent.TrainerUnfit e, List<RunEffect> effects)
    {
        if (!state.Knows(e.Trainer, e.Incarnation)) return state;
        if (state.Trainers.Count == 1 && (plan.IsSingleNode || e.Scope == FaultScope.Request))
            return Endings.End(state, RunOutcome.Rejected, e.Reason, effects);
        UnfitTrainers.LeaveOut(e.Trainer, e.Reason, effects);
        RunState next = UnfitTrainers.CountUnfit(plan, state, e.Trainer, e.Reason);
        bool host = state.RankOf(e.Trainer) >= 0;
        return RemoveTrainer(plan, next with { HostLost = next.HostLost || host }, e.Trainer, effects);
    }

    /// <summary>Marks a trainer whose node the cluster cannot reach.</summary>
    public static RunState OnTrainerSilent(RunState state, RunEvent.TrainerSilent e) =>
        state.Trainers.ContainsKey(e.Trainer) ? state with { Silent = state.Silent.Add(e.Trainer) } : state;

    /// <summary>Clears the mark of a trainer whose node the cluster reaches again.</summary>
    public static RunState OnTrainerBack(RunState state, RunEvent.TrainerBack e) =>
        state with { Silent = state.Silent.Remove(e.Trainer) };

    /// <summary>Notes that a trainer wants to leave.</summary>
    public static RunState OnTrainerLeaving(RunState state, RunEvent.TrainerLeaving e, List<RunEffect> effects)
    {
        if (state.Knows(e.Trainer, e.Incarnation)) return state with { Leaving = state.Leaving.Add(e.Trainer) };
        // The trainer is released already, but the message that told it so may be lost: tell it again.
        if (IsReleased(state, e.Trainer, e.Incarnation)) effects.Add(new RunEffect.Release(e.Trainer));
        return state;
    }

    /// <summary>
    /// Releases the leaving trainers of a running generation if a host that stays holds the state; otherwise halts the
    /// generation. Called in <see cref="RunPhase.Running"/> only: while a generation is being formed, a leaving trainer
    /// may be the only one that holds the state.
    /// </summary>
    public static RunState ReleaseLeavingIfSafe(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        if (state.Leaving.IsEmpty) return state;
        string[] hosts = [.. state.Leaving.Where(t => state.RankOf(t) >= 0)];
        // All hosts leave, and spares hold no state. The trainers are released once the state is stored.
        if (state.Hosting.Length == hosts.Length) return Endings.Halt(state, effects);
        List<RunEffect> releases = [];
        RunState next = ReleaseLeaving(state, releases);
        if (hosts.Length > 0) next = Formation.Form(plan, next, effects);
        // The other trainers get their orders first: a released trainer breaks the connections of its generation.
        effects.AddRange(releases);
        return next;
    }

    /// <summary>Releases all trainers that want to leave.</summary>
    public static RunState ReleaseLeaving(RunState state, List<RunEffect> effects)
    {
        foreach (string trainer in state.Leaving) effects.Add(new RunEffect.Release(trainer));
        return state.Leaving.IsEmpty ? state : state.Without(state.Leaving) with
        {
            Released = state.Released.SetItems(state.Leaving.Select(
                t => KeyValuePair.Create(t, state.Trainers[t].Incarnation))),
        };
    }

    private static RunState RemoveTrainer(RunPlan plan, RunState state, string trainer, List<RunEffect> effects)
    {
        bool needed = state.RankOf(trainer) >= 0 && state.NeedsAllHosts;
        RunState next = state.Without([trainer]);
        if (state.Phase == RunPhase.RollCall || next.Trainers.IsEmpty && needed)
            return Formation.FormIfAllAnswered(plan, next, effects);
        return needed ? Formation.CallRoll(plan, next, effects) : next;
    }

    private static bool IsReleased(RunState state, string trainer, long incarnation) =>
        state.Released.TryGetValue(trainer, out long released) && released >= incarnation;

    /// <summary>Returns whether there are as many hosts as replicas. A new trainer then has nothing to host.</summary>
    private static bool HasAllHosts(RunPlan plan, RunState state) => state.Hosting.Length == plan.Replicas;

    /// <summary>Returns whether the steps are about to end. A new generation would only delay the end.</summary>
    private static bool IsAboutToEnd(RunState state) =>
        state.Phase == RunPhase.Running && (state.Stopping || !state.Leaving.IsEmpty);
}
