using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Starling.Model.Files;

/// <summary>
/// Syncs files to the disk and reports failures. .NET's own method reports none on Linux: a checkpoint whose bytes the
/// disk had refused would count as written.
/// </summary>
public static partial class FileSync
{
    private const int Interrupted = 4, InvalidArgument = 22;

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
            if (error != Interrupted)
                throw new IOException($"cannot sync {name}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle descriptor);
}
