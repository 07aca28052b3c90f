namespace Starling.Data;

/// <summary>
/// A mistake that the user can correct: wrong configuration, bad data, a folder that cannot be written. The message is
/// one line, which names the file, key or value and says what to do. The program prints it without a stack trace and
/// exits with 2.
/// </summary>
public class StarlingException(string message, Exception? inner = null) : Exception(message, inner);
