namespace Starling.Actors.Collectives;

/// <summary>
/// An operation of a group failed, and the group is broken. Nothing that was exchanged since the last confirmed step
/// may be used; the supervisor forms the next generation.
/// </summary>
/// <param name="fault">What happened, as seen from this member.</param>
/// <param name="message">The reason, in one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class CollectiveException(CollectiveFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>What happened, as seen from this member.</summary>
    public CollectiveFault Fault => fault;
}
