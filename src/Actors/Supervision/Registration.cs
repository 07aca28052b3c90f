using Akka.Actor;

namespace Starling.Actors.Supervision;

/// <summary>
/// Repeats an actor's registration: often until the supervisor has answered, then slowly for good, because a supervisor
/// that was restarted or has moved to another node knows nobody.
/// </summary>
internal sealed class Registration(ITimerScheduler timers, IActorRef supervisor, object registration)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1), Reminder = TimeSpan.FromSeconds(10);

    /// <summary>Registers, now or again.</summary>
    public void Send()
    {
        supervisor.Tell(registration);
        timers.StartSingleTimer(this, Again.Instance, Patience);
    }

    /// <summary>The supervisor has answered.</summary>
    public void Confirm() => timers.StartSingleTimer(this, Again.Instance, Reminder);

    /// <summary>Time to register again.</summary>
    public sealed record Again
    {
        /// <summary>The only one.</summary>
        public static readonly Again Instance = new();
    }
}
