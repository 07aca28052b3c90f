using Starling.Data;

namespace Starling.Model.Files;

/// <summary>
/// Writes a file under a temporary name beside its place and then renames it, so that a reader finds the whole old file
/// or the whole new one, whenever the writer dies.
/// </summary>
public static class ReplacedFile
{
    /// <summary>What temporary names end in. Such a file is left only by a process that was killed.</summary>
    public const string TemporarySuffix = ".new";

    /// <summary>Writes a file. A power cut may lose it, but what is lost is the new file, not the old one.</summary>
    /// <param name="path">The file's place; what is there is replaced.</param>
    /// <param name="write">
    /// Writes the file at the path that it is given. Several writers of one file have a temporary name each.
    /// </param>
    public static void Write(string path, Action<string> write)
    {
        string temporary = $"{path}.{Guid.NewGuid().ToString("N")[..8]}{TemporarySuffix}";
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Delete(temporary); // a full disk needs the room
            throw;
        }
    }

    /// <summary>Writes a text, as <see cref="Write(string, Action{string})"/> does.</summary>
    public static void Write(string path, string text) => Write(path, temporary => File.WriteAllText(temporary, text));

    /// <summary>
    /// Writes a file that survives a power cut from when the call returns. One writer at a time: the caller holds a
    /// lock, and what a dead process left under the temporary name is deleted.
    /// </summary>
    public static void WriteDurably(string path, ReadOnlySpan<byte> bytes, IDurableFiles files)
    {
        string temporary = path + TemporarySuffix;
        File.Delete(temporary);
        using (IDurableFile file = files.CreateFile(temporary))
        {
            file.Write(bytes);
            file.Sync(); // before the rename, or a power cut could leave the name with an empty file
        }
        files.Replace(temporary, path);
        files.SyncFolder(Path.GetDirectoryName(path)!); // or a power cut takes the rename back
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            // The failure that led here is the one to tell.
        }
    }
}
