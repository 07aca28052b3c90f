using Akka.Actor;

namespace Starling.Actors.Supervision;

/// <summary>
/// Repeats an actor's registration until the supervisor has answered: it may start later, or have moved to another
/// node.
/// </summary>
internal sealed class Registration(ITimerScheduler timers, IActorRef supervisor, object registration)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Registers, now or again.</summary>
    public void Send()
    {
        supervisor.Tell(registration);
        timers.StartSingleTimer(this, Again.Instance, Patience);
    }

    /// <summary>The supervisor has answered.</summary>
    public void Confirm() => timers.Cancel(this);

    /// <summary>Time to register again.</summary>
    public sealed record Again
    {
        /// <summary>The only one.</summary>
        public static readonly Again Instance = new();
    }
}
