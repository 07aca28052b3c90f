namespace Starling.Data;

/// <summary>
/// A mistake that the user can correct: wrong configuration, bad data, a folder that cannot be written. The message is
/// one line, which names the file, key or value and says what to do. The program prints it without a stack trace and
/// exits with 2.
/// </summary>
/// <param name="message">The line.</param>
/// <param name="inner">The exception that told of the mistake; null for none.</param>
/// <param name="scope">How far the mistake reaches in a run of several nodes.</param>
public class StarlingException(string message, Exception? inner = null, FaultScope scope = FaultScope.Request)
    : Exception(message, inner)
{
    /// <summary>How far the mistake reaches in a run of several nodes.</summary>
    public FaultScope Scope => scope;
}
