namespace Starling.Actors.Coordination;

// A trainer that fails again and again before its first step would break a generation of all trainers each time. So the
// others go on without it. It may come back later, as its node may have been put right; each further failure makes it
// wait longer.

/// <summary>Counts the failures of trainers, and says which trainers the run goes on without.</summary>
internal static class UnfitTrainers
{
    private const int FirstPause = 60, LongestPause = 3600; // ticks, one a second

    /// <summary>Returns why a trainer may not take part now; null if it may.</summary>
    public static string? ReasonAgainst(RunPlan plan, RunState state, string trainer) =>
        state.Failures.TryGetValue(trainer, out TrainerFailures? failures) &&
        failures.Count >= plan.MaxTrainerFailures &&
        state.Ticks - failures.Tick < PauseAfter(failures.Count - plan.MaxTrainerFailures)
            ? failures.Reason
            : null;

    /// <summary>Counts a failure of a trainer.</summary>
    public static RunState Count(RunState state, string trainer, string reason)
    {
        int before = state.Failures.GetValueOrDefault(trainer)?.Count ?? 0;
        return state with
        {
            Failures = state.Failures.SetItem(trainer, new TrainerFailures(before + 1, state.Ticks, reason)),
        };
    }

    /// <summary>Counts a failure after which the trainer cannot work before the user has corrected something.</summary>
    public static RunState CountUnfit(RunPlan plan, RunState state, string trainer, string reason)
    {
        RunState next = Count(state, trainer, reason);
        TrainerFailures failures = next.Failures[trainer];
        return failures.Count >= plan.MaxTrainerFailures ? next : next with
        {
            Failures = next.Failures.SetItem(trainer, failures with { Count = plan.MaxTrainerFailures }),
        };
    }

    /// <summary>Tells a trainer that the others go on without it, and tells the user.</summary>
    public static void LeaveOut(string trainer, string reason, List<RunEffect> effects)
    {
        effects.Add(new RunEffect.Fault($"trainer {trainer} is left out: {reason}"));
        effects.Add(new RunEffect.LeaveOut(trainer, reason));
    }

    /// <summary>Forgets the failures of the hosts, which have made a step together.</summary>
    public static RunState Forgive(RunState state) => state.Failures.IsEmpty ? state : state with
    {
        Failures = state.Failures.RemoveRange(state.Hosting.Select(h => h.Trainer)),
    };

    private static long PauseAfter(int more) => Math.Min(LongestPause, (long)FirstPause << Math.Min(more, 10));
}
