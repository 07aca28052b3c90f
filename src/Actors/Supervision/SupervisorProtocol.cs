using Akka.Actor;

namespace Starling.Actors.Supervision;

/// <summary>What the supervisor is told.</summary>
public static class SupervisorProtocol
{
    /// <summary>A trainer offers itself.</summary>
    /// <param name="Trainer">Its name, the same after a restart.</param>
    /// <param name="Incarnation">Greater after every restart.</param>
    /// <param name="Actor">Who to talk to.</param>
    public sealed record RegisterTrainer(string Trainer, long Incarnation, IActorRef Actor);

    /// <summary>A loader offers itself.</summary>
    public sealed record RegisterLoader(IActorRef Actor);

    /// <summary>An evaluator offers itself.</summary>
    public sealed record RegisterEvaluator(IActorRef Actor);

    /// <summary>The registration arrived: it need not be repeated.</summary>
    public sealed record Registered
    {
        /// <summary>The only one.</summary>
        public static readonly Registered Instance = new();
    }

    /// <summary>A trainer's loop failed and holds no state any more; it will offer itself again.</summary>
    public sealed record TrainerFailed(string Trainer, string Reason);

    /// <summary>Something happened to the run; events of other generations are ignored.</summary>
    public sealed record Happened(RunEvent Event);
}
