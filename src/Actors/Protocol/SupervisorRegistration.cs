using Akka.Actor;

namespace Starling.Actors.Protocol;

/// <summary>
/// Repeats an actor's registration once a second, forever. A supervisor that has moved to another node does not know
/// the actor yet, and a supervisor that took the actor for lost has to hear of it again. A supervisor that knows the
/// actor ignores the repetition.
/// </summary>
internal sealed class SupervisorRegistration(IActorContext context, ITimerScheduler timers, IActorRef supervisor,
    object registration)
{
    /// <summary>What is sent from now on.</summary>
    public object Message { get; set; } = registration;

    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Sends the registration, and asks the actor after a second to send it again.</summary>
    public void Send()
    {
        supervisor.Tell(Message);
        timers.StartSingleTimer(this, Again.Instance, Interval);
    }

    /// <summary>Stops the repetition.</summary>
    public void End() => timers.Cancel(this);

    /// <summary>
    /// Stops the repetition, because a supervisor that refuses the node once refuses it always. Publishes the refusal
    /// on the event stream, where the node's process reads it.
    /// </summary>
    public void Refuse(SupervisorProtocol.Refused refused)
    {
        End();
        context.System.EventStream.Publish(refused);
    }

    /// <summary>Tells the actor to send the registration again.</summary>
    public sealed record Again
    {
        /// <summary>The only instance.</summary>
        public static readonly Again Instance = new();
    }
}
