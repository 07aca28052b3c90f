namespace Starling.Data;

/// <summary>
/// A mistake the user can put right: bad configuration, bad data, an unwritable folder. The message is one line that
/// names the file, key or value and says what to do; the program prints it without a stack trace and exits with 2.
/// </summary>
public class StarlingException(string message, Exception? inner = null) : Exception(message, inner);
