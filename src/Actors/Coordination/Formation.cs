using System.Collections.Immutable;
using Starling.Actors.Coordination.Hosts;

namespace Starling.Actors.Coordination;

// Formation makes generations of the members that there are: it calls the roll, numbers a generation, binds, connects
// and begins. It also finds the trainers that are late (with answers to pings, with the roll call, with getting ready),
// and drops them with RunState.Without. Which trainers join, fail and leave is decided in Membership, which calls
// Formation and is never called by it.

/// <summary>Leads the members of a run to a generation that makes steps.</summary>
internal static class Formation
{
    /// <summary>
    /// Forms a generation as soon as no further trainer is waited for: when all hosts of the last generation are back,
    /// or some time after the first trainer.
    /// </summary>
    public static RunState Gather(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        if (state.Trainers.IsEmpty) return state.Settled is null ? state : state with { Settled = null };
        // The states in the trainers' memories have to be stored. That needs neither more trainers nor a loader.
        if (state.Stopping || !state.Leaving.IsEmpty) return Form(plan, state, effects);
        bool isComplete = !state.Expected.IsEmpty && state.Expected.All(state.Trainers.ContainsKey);
        if (isComplete || state.Settled == true || plan.Settle <= TimeSpan.Zero)
            return state.Loaders > 0 ? Form(plan, state, effects) : state;
        if (state.Settled == false) return state;
        effects.Add(new RunEffect.StartTimer(RunTimer.Settle, state.Generation, plan.Settle));
        return state with { Settled = false };
    }

    /// <summary>
    /// Numbers the next generation and deals the replicas to the trainers that are there. Ends the run after too many
    /// generations without a step, or too long a time. Goes back to <see cref="RunPhase.Gathering"/> if no trainer is
    /// left.
    /// </summary>
    public static RunState Form(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        bool stepped = state.Furthest > state.GenerationStart;
        bool fruitless = !stepped && state.Blame is not null && !state.HostLost && state.DataFault is null;
        RunState next = state with
        {
            FruitlessGenerations = stepped ? 0
                : fruitless && !state.ConnectionLost ? state.FruitlessGenerations + 1
                : state.FruitlessGenerations,
            FruitlessSince = fruitless ? state.FruitlessSince ?? state.Ticks : null,
            GenerationStart = state.Furthest,
            Bound = state.Bound.Clear(),
            Progress = state.Progress.Clear(),
            Connect = null,
            Blame = null,
            ConnectionLost = false,
            HostLost = false,
            Halted = false,
            FinalStep = null,
            FailedCheckpoint = null, // the new generation makes and stores that step again
        };
        if (next.FruitlessGenerations >= plan.MaxFruitlessGenerations)
            return Endings.End(next, RunOutcome.Failed,
                $"{next.FruitlessGenerations} generations failed without a step; last: {state.Blame}", effects);
        if (next.Ticks - next.FruitlessSince >= plan.MaxTicksWithoutExchange)
            return Endings.End(next, RunOutcome.Failed,
                $"the trainers lost their connections to each other before each step for {next.Ticks -
                next.FruitlessSince} s; last: {state.Blame}", effects);
        if (state.Trainers.IsEmpty)
            return state.Stopping
                ? Endings.EndAtLastCheckpoint(next, "the last trainer was lost before it stored its state", effects)
                : next with { Phase = RunPhase.Gathering, Hosting = [], Settled = null };

        long generation = state.Generation + 1;
        // The present hosts stay hosts, because spares hold no state.
        ImmutableArray<HostedReplicas> hosting = HostingPlan.Deal(
            state.Trainers.Keys.OrderBy(t => state.RankOf(t) < 0).ThenBy(t => t, StringComparer.Ordinal),
            plan.Replicas);
        next = next with
        {
            Phase = RunPhase.Binding,
            Generation = generation,
            Hosting = hosting,
            Expected = state.Expected.Clear().Union(hosting.Select(h => h.Trainer)),
        };
        // The number is stored before a trainer hears of it, because it must never be given out again.
        effects.Add(new RunEffect.Persist(generation, state.Step, state.KnownCheckpoint));
        foreach (string trainer in state.Trainers.Keys)
            effects.Add(new RunEffect.Assign(trainer, generation, next.RankOf(trainer), hosting));
        effects.Add(new RunEffect.StartTimer(RunTimer.Form, generation, plan.FormTimeout));
        return next;
    }

    /// <summary>
    /// Notes that a host is bound. When the last host is bound, tells all hosts to connect, and chooses the state to
    /// go on from: the furthest one in a host's memory, or the newest checkpoint if that is further.
    /// </summary>
    public static RunState OnTrainerBound(
        RunPlan plan, RunState state, RunEvent.TrainerBound e, List<RunEffect> effects)
    {
        if (state.Phase != RunPhase.Binding || state.RankOf(e.Trainer) < 0) return state;
        RunState next = state with
        {
            Bound = state.Bound.SetItem(e.Trainer, new BoundHost(e.EngineAddress, e.Step, e.Checkpoint)),
        };
        if (next.Bound.Count < state.Hosting.Length) return next;

        BoundHost[] hosts = [.. state.Hosting.Select(h => next.Bound[h.Trainer])];
        long furthest = hosts.Max(h => h.Step);
        bool fromDisk = furthest < 0 || furthest < Math.Max(state.KnownCheckpoint, hosts.Max(h => h.Checkpoint));
        int source = fromDisk ? 0 : Array.FindIndex(hosts, h => h.Step == furthest);
        RunEffect.Connect connect = new(
            state.Generation, [.. hosts.Select(h => h.EngineAddress)], source, fromDisk);
        effects.Add(connect);
        effects.Add(new RunEffect.StartTimer(RunTimer.Form, state.Generation, plan.FormTimeout));
        return next with { Phase = RunPhase.Connecting, Connect = connect };
    }

    /// <summary>Notes that a host is ready. When the last host is ready, tells all hosts to begin.</summary>
    public static RunState OnTrainerReady(
        RunPlan plan, RunState state, RunEvent.TrainerReady e, List<RunEffect> effects)
    {
        int rank = state.RankOf(e.Trainer);
        if (state.Phase != RunPhase.Connecting || rank < 0 || state.Progress.ContainsKey(e.Trainer)) return state;
        RunState next = state with { Progress = state.Progress.SetItem(e.Trainer, new HostProgress(e.Step, 0, 0)) };
        // Rank 0 has read the disk. If the checkpoint that was known turned out to be damaged, rank 0 names an earlier
        // one, and that is the last checkpoint from here on.
        if (state.Connect!.FromDisk && rank == 0)
            next = next with
            {
                Checkpoint = Math.Min(state.Checkpoint, e.Checkpoint),
                EarlierCheckpoint = -1,
                DiskReadIn = state.Generation,
            };
        next = CommittedCheckpoints.Record(plan, next, Math.Max(e.Checkpoint, next.EarlierCheckpoint));
        if (next.Progress.Count < state.Hosting.Length) return next;
        if (next.Progress.Values.Any(p => p.Step != e.Step))
            return OnExchangeBroke(plan, next, new RunEvent.ExchangeBroke(e.Trainer, e.Generation,
                "the hosts hold different steps"), effects);
        effects.Add(new RunEffect.Begin(state.Generation, next.Checkpoint));
        long furthest = Math.Max(next.Furthest, e.Step);
        next = next with
        {
            Phase = RunPhase.Running,
            Step = e.Step,
            StepTick = state.Ticks,
            Furthest = furthest,
            GenerationStart = furthest,
        };
        return state.Stopping ? Endings.Halt(next, effects) : next;
    }

    /// <summary>Calls the roll because the exchange between the hosts failed.</summary>
    public static RunState OnExchangeBroke(
        RunPlan plan, RunState state, RunEvent.ExchangeBroke e, List<RunEffect> effects)
    {
        if (state.RankOf(e.Trainer) < 0 || !state.NeedsAllHosts) return state;
        effects.Add(new RunEffect.Fault($"trainer {e.Trainer} lost the others: {e.Reason}"));
        return CallRoll(plan, state with { Blame = $"{e.Trainer}: {e.Reason}", ConnectionLost = true }, effects);
    }

    /// <summary>
    /// Notes when a trainer last answered, and repeats orders that did not reach it. Forms the next generation if the
    /// answer ends a roll call.
    /// </summary>
    public static RunState OnTrainerAnswered(
        RunPlan plan, RunState state, RunEvent.TrainerAnswered e, List<RunEffect> effects)
    {
        if (!state.Knows(e.Trainer, e.Incarnation) || state.Trainers[e.Trainer].LastAnsweredPing >= e.Sequence)
            return state;
        RunState next = state with
        {
            Trainers = state.Trainers.SetItem(e.Trainer, new TrainerMember(e.Incarnation, e.Sequence, state.Ticks)),
        };
        if (state.Phase == RunPhase.RollCall) return FormIfAllAnswered(plan, next, effects);
        Orders.RepeatAfterAnswer(next, e, effects);
        return next;
    }

    /// <summary>
    /// Pings all trainers. Calls the roll if a host has left too many pings unanswered, and drops spares that have.
    /// Counts pings, not time: a supervisor that was suspended itself sent no pings, and so accuses no trainer.
    /// </summary>
    public static RunState OnTicked(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        string[] overdue = state.Phase == RunPhase.RollCall ? [] : [.. state.Trainers
            .Where(t => IsOverdue(plan, state, t.Value)).Select(t => t.Key)];
        RunState next = state with { Sequence = state.Sequence + 1, Ticks = state.Ticks + 1 };
        effects.Add(new RunEffect.Ping(next.Sequence));
        if (overdue.Any(t => state.RankOf(t) >= 0) && state.NeedsAllHosts) return CallRoll(plan, next, effects);
        foreach (string trainer in overdue) next = DropOverdue(next, trainer, effects);
        return next;
    }

    /// <summary>Ends the wait that the timer was set for. Ignores a timer that was set for another phase.</summary>
    public static RunState OnTimerRang(RunPlan plan, RunState state, RunEvent.TimerRang e, List<RunEffect> effects) =>
        (e.Timer, state.Phase) switch
        {
            (RunTimer.Settle, RunPhase.Gathering) when state.Settled == false => state with { Settled = true },
            (RunTimer.RollCall, RunPhase.RollCall) => CloseRollCall(plan, state, effects),
            (RunTimer.Form, RunPhase.Binding) => DropLateHosts(plan, state, state.Bound.ContainsKey, effects),
            (RunTimer.Form, RunPhase.Connecting) => DropLateHosts(plan, state, state.Progress.ContainsKey, effects),
            _ => state,
        };

    /// <summary>Asks all trainers who is there. Not to be called during a roll call.</summary>
    public static RunState CallRoll(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        long sequence = state.Sequence + 1;
        effects.Add(new RunEffect.Ping(sequence));
        effects.Add(new RunEffect.StartTimer(RunTimer.RollCall, state.Generation, plan.RollCallTimeout));
        return state with { Phase = RunPhase.RollCall, Sequence = sequence, RollCallPing = sequence };
    }

    /// <summary>Forms the next generation if all trainers have answered the roll call.</summary>
    public static RunState FormIfAllAnswered(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        if (state.Trainers.Values.Any(m => m.LastAnsweredPing < state.RollCallPing)) return state;
        // If the generation before broke by itself without a step, the next one formed at once would probably break
        // too. The roll call then lasts until its timer rings, which gives the cause a moment to pass.
        bool pauses = state.FruitlessGenerations > 0 || state.FruitlessSince is not null;
        return pauses && !state.HostLost && !state.Trainers.IsEmpty
            ? state
            : Form(plan, state, effects);
    }

    /// <summary>
    /// Closes the roll call when its timer rings: drops the trainers that have been silent for long, and forms the next
    /// generation. Waits once more for a trainer whose node the cluster cannot reach, because the trainer may be on the
    /// other side of a split. Going on without that trainer would decide that this side goes on, and the split brain
    /// resolver decides that: the trainers of a node that it gives up are lost and no longer waited for.
    /// </summary>
    private static RunState CloseRollCall(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        RunState next = state;
        bool waits = false;
        foreach ((string trainer, TrainerMember member) in state.Trainers)
        {
            if (member.LastAnsweredPing >= state.RollCallPing) continue;
            // The cluster cannot reach the trainer's node, or may not have had the time to notice that.
            if (state.Silent.Contains(trainer) || !IsOverdue(plan, state, member)) waits = true;
            else next = DropOverdue(next, trainer, effects);
        }
        if (!waits) return Form(plan, next, effects);
        effects.Add(new RunEffect.StartTimer(RunTimer.RollCall, state.Generation, plan.RollCallTimeout));
        return next;
    }

    private static RunState DropLateHosts(
        RunPlan plan, RunState state, Func<string, bool> isInTime, List<RunEffect> effects)
    {
        string[] late = [.. state.Hosting.Select(h => h.Trainer).Where(t => !isInTime(t))];
        string blame = $"{string.Join(", ", late)} did not get ready within {plan.FormTimeout.TotalSeconds:0} s";
        effects.Add(new RunEffect.Fault(blame));
        // If some late hosts have gone silent too, they may be unreachable rather than late. The roll call, or the
        // cluster, decides about them.
        if (late.Any(t => state.Silent.Contains(t) || state.Trainers[t].LastAnsweredTick < state.Ticks - 1))
            return CallRoll(plan, state with { Blame = blame }, effects);
        // All late hosts answer pings, so their work is slow or stuck, and they are dropped. If others were in time,
        // the nodes of the late ones are at fault. Otherwise the work is, so the generation counts as fruitless.
        RunState next = state.Without(late) with { Blame = blame };
        if (late.Length == state.Hosting.Length) return Form(plan, next, effects);
        foreach (string trainer in late)
        {
            next = UnfitTrainers.Count(next, trainer, blame);
            if (next.Failures[trainer].Count >= plan.MaxTrainerFailures)
                UnfitTrainers.LeaveOut(trainer, blame, effects);
        }
        return Form(plan, next with { HostLost = true }, effects);
    }

    private static RunState DropOverdue(RunState state, string trainer, List<RunEffect> effects)
    {
        effects.Add(new RunEffect.Fault($"trainer {trainer} is lost: it does not answer"));
        return state.Without([trainer]) with { HostLost = state.HostLost || state.RankOf(trainer) >= 0 };
    }

    /// <summary>Returns whether a trainer has left too many pings unanswered.</summary>
    private static bool IsOverdue(RunPlan plan, RunState state, TrainerMember member) =>
        member.LastAnsweredTick < state.Ticks - plan.UnansweredPings;
}
