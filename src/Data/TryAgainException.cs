namespace Starling.Data;

/// <summary>
/// Something that the user did not spoil and that may be right a little later: a name server that does not answer, a
/// node's name that its last process still has. The program prints the one line of the message and exits with 75, so
/// that a process manager starts it again.
/// </summary>
public sealed class TryAgainException(string message, Exception? inner = null) : StarlingException(message, inner);
