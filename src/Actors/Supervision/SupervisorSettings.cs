using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Runs;

namespace Starling.Actors.Supervision;

/// <summary>The settings and surroundings of a <see cref="RunSupervisor"/>.</summary>
public sealed record SupervisorSettings
{
    /// <summary>
    /// Makes the plan of the run. Called when the supervisor starts, which may be hours after the start of its node.
    /// </summary>
    public required Func<RunPlan> Plan { get; init; }

    /// <summary>The identity that every node of the run must have.</summary>
    public required RunIdentity Identity { get; init; }

    /// <summary>The ledger with the durable numbers of the run.</summary>
    public required RunLedger Ledger { get; init; }

    /// <summary>The monitor that is told of every new state, of faults and of notes.</summary>
    public required ICanTell Monitor { get; init; }

    /// <summary>Called once with the result, when the run has ended.</summary>
    public required Action<RunResult> Ended { get; init; }

    /// <summary>
    /// Called with the reason when this supervisor has failed, or a newer one has replaced it. The node then has to
    /// leave the cluster.
    /// </summary>
    public Action<string> Fenced { get; init; } = _ => { };

    /// <summary>The clock of ticks, faults and the step rate.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
