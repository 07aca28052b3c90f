using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Starling.Model.Files;

/// <summary>
/// Syncs folders to the disk, for which .NET has no method. Without it, a power cut may undo a rename even if the bytes
/// of the renamed files are safe. Only Linux needs this and has it in this form; elsewhere nothing happens.
/// </summary>
public static partial class FolderSync
{
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <exception cref="IOException">The system could not open or sync the folder.</exception>
    public static void Sync(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        int descriptor = Open(path, ReadOnlyCloseOnExec);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"cannot open folder {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
        using SafeFileHandle folder = new(descriptor, ownsHandle: true);
        FileSync.Sync(folder, $"folder {path}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
