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

    /// <summary>
    /// Tells whether an exception means that a file or folder is not there. .NET's File.Exists also says no when the
    /// disk refuses to answer; where "not there" has consequences, the file is opened and this is asked.
    /// </summary>
    public static bool IsAbsence(this Exception exception) =>
        exception is FileNotFoundException or DirectoryNotFoundException;

    /// <summary>
    /// Tells whether an exception is a failure of the disk that may pass by itself: an input or output error, a full
    /// disk, a file server that does not answer. A missing file, a file that ends too early and missing rights stay
    /// until somebody acts.
    /// </summary>
    public static bool MayPass(this Exception exception) =>
        exception is IOException and not (EndOfStreamException or PathTooLongException) && !exception.IsAbsence();
}
