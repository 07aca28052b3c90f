using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Starling.Model.Files;

/// <summary>
/// A file to whose end bytes are appended, also while another process appends to it: the system looks for the end and
/// writes in one step, so that no writer overwrites another one's bytes. .NET's FileMode.Append looks for the end once,
/// when the file is opened.
/// </summary>
public sealed partial class AppendedFile : IDisposable
{
    private const int WriteOnly = 1, Create = 0x40, AtEnd = 0x400, CloseOnExec = 0x80000;
    private const int ReadableByAll = 0x1A4; // rw-r--r--

    private readonly SafeFileHandle? _file;
    private readonly FileStream? _stream; // elsewhere than on Linux

    /// <summary>Opens a file, or makes it.</summary>
    /// <exception cref="IOException">The file cannot be opened for writing.</exception>
    public AppendedFile(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete, 0);
            return;
        }
        int descriptor = Open(path, WriteOnly | Create | AtEnd | CloseOnExec, ReadableByAll);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"cannot open {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
        _file = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Appends bytes, and returns when the system has them.</summary>
    /// <exception cref="IOException">The system could not take all of the bytes. It may have taken some.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        // On Linux a file that is open for appending ignores the position.
        if (_file is not null) RandomAccess.Write(_file, bytes, 0);
        else _stream!.Write(bytes);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _stream?.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint mode);
}
