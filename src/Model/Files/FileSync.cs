using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Starling.Model.Files;

/// <summary>
/// Makes files durable and reports failures. .NET's own methods report none on Linux: a checkpoint whose bytes the disk
/// had refused would count as written.
/// </summary>
public static partial class FileSync
{
    private const int Interrupted = 4, InvalidArgument = 22;
    private const int NotNeeded = 4; // POSIX_FADV_DONTNEED

    /// <summary>Returns when everything written to the file would survive a power cut.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="name">What the error calls the file.</param>
    /// <exception cref="IOException">The system could not write the bytes to the disk.</exception>
    public static void Sync(SafeFileHandle file, string name = "a file")
    {
        if (!OperatingSystem.IsLinux())
        {
#pragma warning disable RS0030 // its fault is one of Linux
            RandomAccess.FlushToDisk(file);
#pragma warning restore RS0030
            return;
        }
        while (Fsync(file) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            // Pipes and devices have nothing to sync. Some network file systems do not sync folders: they order renames
            // themselves.
            if (error == InvalidArgument) return;
            if (error != Interrupted) throw Failed("sync", name, error);
        }
    }

    /// <summary>
    /// Closes a file and reports a failure. A network file system may report only now that it could not write.
    /// </summary>
    /// <param name="file">The open file, which is closed in any case.</param>
    /// <param name="name">What the error calls the file.</param>
    /// <exception cref="IOException">The system reported a failure. The bytes may not be in the file.</exception>
    public static void Close(SafeFileHandle file, string name)
    {
        if (!OperatingSystem.IsLinux())
        {
            file.Dispose();
            return;
        }
        int descriptor = (int)file.DangerousGetHandle();
        // Linux frees the descriptor even if it reports a failure. A second close could close another file.
        file.SetHandleAsInvalid();
        if (CloseDescriptor(descriptor) == 0) return;
        int error = Marshal.GetLastPInvokeError();
        if (error != Interrupted) throw Failed("close", name, error);
    }

    /// <summary>
    /// Has the system forget its copies of a file's bytes, so that the next reader reads the disk. Bytes that were not
    /// synced stay. If the system cannot do it, nothing happens.
    /// </summary>
    public static void DropCache(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        using SafeFileHandle file = File.OpenHandle(path);
        _ = Advise(file, 0, 0, NotNeeded);
    }

    private static IOException Failed(string what, string name, int error) =>
        new($"cannot {what} {name}: {Marshal.GetPInvokeErrorMessage(error)}", error);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle descriptor, nint offset, nint length, int advice);
}
