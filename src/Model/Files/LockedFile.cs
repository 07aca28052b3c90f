namespace Starling.Model.Files;

/// <summary>
/// A file that is open and locked, so that one process at a time does something. The system lets go of the lock when
/// the process ends, however it ends. The file stays: deleting a locked file would let another process lock a new file
/// of the same name.
/// </summary>
public static class LockedFile
{
    private const int LinuxLocked = 11, MacLocked = 35, WindowsLocked = unchecked((int)0x80070020);

    /// <summary>Locks the file for this process alone, making it where it is missing.</summary>
    /// <returns>The open file, or null if another process holds it.</returns>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    public static FileStream? TryLock(string path) =>
        TryOpen(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Locks a file that is there together with others who do the same.</summary>
    /// <returns>The open file, or null if another process holds it alone.</returns>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    public static FileStream? TryJoin(string path) =>
        // For reading: network file systems give no shared lock on a file that is open for writing.
        TryOpen(path, FileMode.Open, FileAccess.Read, FileShare.Read);

    /// <summary>Tries until there is a lock.</summary>
    /// <param name="tryLock">One try, such as <see cref="TryLock"/>.</param>
    /// <param name="tries">How many tries there are.</param>
    /// <param name="interval">The time between two tries.</param>
    /// <param name="time">The clock of the intervals.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The open file, or null if all tries found it held.</returns>
    public static async Task<FileStream?> WaitAsync(Func<FileStream?> tryLock, int tries, TimeSpan interval,
        TimeProvider time, CancellationToken cancellation)
    {
        for (int i = 0; ; i++)
        {
            if (tryLock() is { } file) return file;
            if (i >= tries) return null;
            await Task.Delay(interval, time, cancellation);
        }
    }

    private static FileStream? TryOpen(string path, FileMode mode, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, mode, access, share);
        }
        catch (IOException e) when (e.HResult is LinuxLocked or MacLocked or WindowsLocked)
        {
            return null;
        }
    }
}
