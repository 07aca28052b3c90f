using System.Runtime.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Thrown for a message that is neither sent nor accepted, because it is unknown, damaged or too large. Akka.Remote
/// logs this kind of exception and drops the message. Any other kind would end the connection, and lose all messages on
/// it.
/// </summary>
public sealed class WireRefusedException(string reason, Exception? cause = null)
    : SerializationException(reason, cause);
