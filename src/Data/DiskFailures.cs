namespace Starling.Data;

/// <summary>Tells failures of the disk from other exceptions.</summary>
public static class DiskFailures
{
    /// <summary>
    /// Tells whether an exception means that the system refused to read or write: the disk is full or broken, a file is
    /// missing or locked, or rights are missing. .NET has no common base class for these exceptions.
    /// </summary>
    public static bool IsDiskFailure(this Exception exception) =>
        exception is IOException or UnauthorizedAccessException;
}
