using System.Runtime.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// A message that is not sent, or not taken from the network: unknown, damaged or too large. Akka.Remote logs it and
/// drops the message; any other kind of exception would end the connection with all that is under way on it.
/// </summary>
public sealed class WireRefusedException(string reason, Exception? cause = null)
    : SerializationException(reason, cause);
