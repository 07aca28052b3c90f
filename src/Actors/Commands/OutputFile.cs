using Starling.Data;
using Starling.Model.Files;

namespace Starling.Actors.Commands;

/// <summary>Writes the file in which a long computation ends.</summary>
internal static class OutputFile
{
    /// <summary>
    /// Checks that the file can be written, and makes its folder. A command calls this before the computation, so that
    /// a wrong path costs no time.
    /// </summary>
    /// <exception cref="StarlingException">The folder cannot be made or written.</exception>
    public static void Prepare(string path) => ReportDiskFailures(path, () =>
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        string probe = path + ReplacedFile.TemporarySuffix;
        File.Delete(probe); // also a link that another user planted there, which a write would follow
        using (File.OpenHandle(probe, FileMode.CreateNew, FileAccess.Write))
        {
            // It can be made.
        }
        File.Delete(probe);
    });

    /// <summary>Does the same as <see cref="Prepare"/>, and refuses a file that exists.</summary>
    /// <param name="path">The file.</param>
    /// <param name="force">Whether a file that exists may be replaced.</param>
    /// <exception cref="StarlingException">The file exists, or it cannot be written.</exception>
    public static void PrepareNew(string path, bool force)
    {
        if (Directory.Exists(path)) throw new StarlingException($"{path} is a folder: name a file to write");
        if (File.Exists(path) && !force)
            throw new StarlingException($"{path} exists: choose another name, or replace it with --force");
        Prepare(path);
    }

    /// <summary>
    /// Writes the file under a temporary name and then renames it, so that a reader never sees a part of the file.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the contents to the path that it is given.</param>
    /// <exception cref="StarlingException">The file cannot be written.</exception>
    public static void Write(string path, Action<string> write) =>
        ReportDiskFailures(path, () => ReplacedFile.Write(path, write));

    private static void ReportDiskFailures(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{path}: cannot be written ({e.Message})", e);
        }
    }
}
