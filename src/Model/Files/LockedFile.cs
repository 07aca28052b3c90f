namespace Starling.Model.Files;

/// <summary>
/// A file that is kept open and locked, so that only one process at a time does something. The system releases the lock
/// when the process ends, however it ends. The file is never deleted: if it were, another process could lock a new file
/// of the same name while the old one is still locked.
/// </summary>
public static class LockedFile
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);
    private const int LinuxLocked = 11, MacLocked = 35, WindowsLocked = unchecked((int)0x80070020);

    /// <summary>Locks the file for this process alone. Makes the file if it does not exist.</summary>
    /// <returns>The open file, or null if another process holds it.</returns>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    public static FileStream? TryLock(string path) =>
        TryOpen(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Locks an existing file together with other processes that call this method.</summary>
    /// <returns>The open file, or null if another process holds it alone.</returns>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    public static FileStream? TryJoin(string path) =>
        // Opened for reading, because network file systems do not share the lock of a file that is open for writing.
        TryOpen(path, FileMode.Open, FileAccess.Read, FileShare.Read);

    /// <summary>Tries to lock a file until it succeeds or the tries are used up.</summary>
    /// <param name="tryLock">One try, such as <see cref="TryLock"/>.</param>
    /// <param name="tries">How many times it is tried again after the first try.</param>
    /// <param name="interval">The time between two tries.</param>
    /// <param name="time">The clock of the intervals.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The open file, or null if every try found it locked.</returns>
    public static async Task<FileStream?> WaitAsync(Func<FileStream?> tryLock, int tries, TimeSpan interval,
        TimeProvider time, CancellationToken cancellation)
    {
        for (int i = 0; ; i++)
        {
            if (tryLock() is { } file) return file;
            if (i >= tries) return null;
            await Task.Delay(interval, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Locks the file for this process alone. Blocks while another process holds it.</summary>
    /// <param name="path">The file; made where it is missing.</param>
    /// <param name="timeout">How long is waited.</param>
    /// <returns>The open file, or null if another process held it for all that time.</returns>
    public static FileStream? Wait(string path, TimeSpan timeout)
    {
        // Nothing sets the event: the system reports no end of a lock. The wait never spins.
        using ManualResetEventSlim pause = new(initialState: false, spinCount: 0);
        long began = TimeProvider.System.GetTimestamp();
        for (TimeSpan wait = FirstPause; ; wait = wait * 2 < LongestPause ? wait * 2 : LongestPause)
        {
            if (TryLock(path) is { } file) return file;
            if (TimeProvider.System.GetElapsedTime(began) >= timeout) return null;
            pause.Wait(wait);
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
