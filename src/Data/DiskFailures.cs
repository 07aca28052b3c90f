namespace Starling.Data;

/// <summary>Tells what a disk refuses from other exceptions.</summary>
public static class DiskFailures
{
    /// <summary>
    /// Whether the system refused to read or write: the disk is full or broken, a file is missing or locked, or rights
    /// are missing. .NET has no common base class for these.
    /// </summary>
    public static bool IsDiskFailure(this Exception exception) =>
        exception is IOException or UnauthorizedAccessException;
}
