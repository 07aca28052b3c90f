using System.Runtime.InteropServices;

namespace Starling.Model.Files;

/// <summary>
/// Syncs folders to the disk, for which .NET has no method. Without it, a power cut may undo a rename even if the bytes
/// of the renamed files are safe. Only Linux needs this and has it in this form; elsewhere nothing happens.
/// </summary>
public static partial class FolderSync
{
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int InvalidArgument = 22;

    /// <exception cref="IOException">The system could not open or sync the folder.</exception>
    public static void Sync(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        int descriptor = Open(path, ReadOnlyCloseOnExec);
        if (descriptor < 0) throw Failure("open");
        try
        {
            // Some network file systems do not sync folders and return EINVAL. They order renames themselves.
            if (Fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument) throw Failure("sync");
        }
        finally
        {
            _ = Close(descriptor);
        }

        IOException Failure(string what)
        {
            int error = Marshal.GetLastPInvokeError();
            return new IOException($"cannot {what} folder {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
