using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Runs;

namespace Starling.Actors.Supervision;

/// <summary>What a <see cref="RunSupervisor"/> is made from.</summary>
public sealed record SupervisorSettings
{
    /// <summary>Tells what is known of the run when the supervisor starts, maybe hours after its node.</summary>
    public required Func<RunPlan> Plan { get; init; }

    /// <summary>What every node has to be the same in.</summary>
    public required RunIdentity Identity { get; init; }

    /// <summary>The durable numbers.</summary>
    public required RunLedger Ledger { get; init; }

    /// <summary>Told of every new state, of faults and of notes.</summary>
    public required ICanTell Monitor { get; init; }

    /// <summary>Told once how the run ended.</summary>
    public required Action<RunResult> Ended { get; init; }

    /// <summary>
    /// Told that this supervisor has been replaced by a newer one, or failed: its node has to leave the cluster.
    /// </summary>
    public Action<string> Fenced { get; init; } = _ => { };

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
