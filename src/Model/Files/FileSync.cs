using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Starling.Model.Files;

/// <summary>
/// Syncs files to the disk and reports failures. .NET's own method reports none on Linux: a
/// checkpoint whose bytes the disk had refused would count as written.
/// </summary>
public static partial class FileSync
{
    private const int Interrupted = 4, InvalidArgument = 22;

    /// <summary>Returns when everything written to the file would survive a power cut.</summary>
    /// <exception cref="IOException">The system could not write the bytes to the disk.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
#pragma warning disable RS0030 // it reports failures on Windows
            RandomAccess.FlushToDisk(file);
#pragma warning restore RS0030
            return;
        }
        while (Fsync(file) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == InvalidArgument) return; // pipes and devices have nothing to sync
            if (error != Interrupted)
                throw new IOException($"cannot sync a file: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle descriptor);
}
