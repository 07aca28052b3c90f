using Akka.Actor;

namespace Starling.Actors.Protocol;

/// <summary>
/// Repeats an actor's registration for ever: a supervisor that has moved to another node knows nobody, and one that
/// took an actor for lost wants to hear of it again. Asking again is no news to a supervisor that knows.
/// </summary>
internal sealed class SupervisorRegistration(IActorContext context, ITimerScheduler timers, IActorRef supervisor,
    object registration)
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Registers, now or again.</summary>
    public void Send()
    {
        supervisor.Tell(registration);
        timers.StartSingleTimer(this, Again.Instance, Interval);
    }

    /// <summary>Ends the repetition.</summary>
    public void End() => timers.Cancel(this);

    /// <summary>
    /// Another run's supervisor answered: asking again would not help. Whoever runs the node hears of it on the event
    /// stream.
    /// </summary>
    public void Refuse(SupervisorProtocol.Refused refused)
    {
        End();
        context.System.EventStream.Publish(refused);
    }

    /// <summary>Time to register again.</summary>
    public sealed record Again
    {
        /// <summary>The only one.</summary>
        public static readonly Again Instance = new();
    }
}
