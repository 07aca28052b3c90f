using System.Text;
using Microsoft.Win32.SafeHandles;
using Starling.Data;

namespace Starling.Model.Files;

/// <summary>
/// Writes a file under a temporary name in the same folder and then renames it. So a reader finds the whole old file or
/// the whole new one, even if the writer dies.
/// </summary>
public static class ReplacedFile
{
    /// <summary>The ending of temporary names. Such a file stays only if its process was killed.</summary>
    public const string TemporarySuffix = ".new";

    /// <summary>
    /// Writes a file. A power cut may lose the new file, but never damages the old one. One writer at a time: what a
    /// dead writer left under the temporary name is deleted.
    /// </summary>
    /// <param name="path">The file's place; what is there is replaced.</param>
    /// <param name="write">Writes the file at the path that it is given.</param>
    public static void Write(string path, Action<string> write) => Write(path, path + TemporarySuffix, write);

    /// <summary>
    /// Writes a file as <see cref="Write(string, Action{string})"/> does, while other processes may write the same
    /// file. Each has a temporary name of its own; the last one to finish wins.
    /// </summary>
    /// <param name="path">The file's place; what is there is replaced.</param>
    /// <param name="write">Writes the file at the path that it is given.</param>
    public static void WriteAmongOthers(string path, Action<string> write) =>
        Write(path, $"{path}.{Guid.NewGuid().ToString("N")[..8]}{TemporarySuffix}", write);

    /// <summary>Writes a text file in the same way.</summary>
    public static void Write(string path, string text) => Write(path, temporary =>
    {
        using SafeFileHandle file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), 0);
        FileSync.Close(file, temporary);
    });

    /// <summary>
    /// Writes a file that survives a power cut once the call has returned. The caller holds a lock, because all writers
    /// use one temporary name; a file that a dead process left there is deleted.
    /// </summary>
    public static void WriteDurably(string path, ReadOnlySpan<byte> bytes, IDurableFiles files)
    {
        string temporary = path + TemporarySuffix;
        File.Delete(temporary);
        using (IDurableFile file = files.CreateFile(temporary))
        {
            file.Write(bytes);
            file.SyncAndClose(); // otherwise a power cut after the rename could leave an empty file
        }
        files.Replace(temporary, path);
        files.SyncFolder(Path.GetDirectoryName(path)!); // otherwise a power cut could undo the rename
    }

    private static void Write(string path, string temporary, Action<string> write)
    {
        try
        {
            // A link that another user planted under this name would lead the writer to a file of this user.
            File.Delete(temporary);
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Delete(temporary); // a full disk needs the room
            throw;
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            // The exception that is on its way says more than this one.
        }
    }
}
