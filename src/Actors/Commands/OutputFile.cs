using Starling.Data;
using Starling.Model.Files;

namespace Starling.Actors.Commands;

/// <summary>Files that a long computation ends in.</summary>
internal static class OutputFile
{
    /// <summary>Fails now rather than after an hour if the file cannot be written.</summary>
    /// <exception cref="StarlingException">The folder cannot be made or written.</exception>
    public static void Prepare(string path) => Guard(path, () =>
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        string probe = path + ReplacedFile.TemporarySuffix;
        File.WriteAllBytes(probe, []);
        File.Delete(probe);
    });

    /// <summary>As <see cref="Prepare"/>; what is there already stays, unless the user said otherwise.</summary>
    /// <exception cref="StarlingException">It is there already, or cannot be written.</exception>
    public static void PrepareNew(string path, bool force)
    {
        if (Directory.Exists(path)) throw new StarlingException($"{path} is a folder: name a file to write");
        if (File.Exists(path) && !force)
            throw new StarlingException($"{path} exists: choose another name, or replace it with --force");
        Prepare(path);
    }

    /// <summary>Writes under a temporary name first, so that a reader never sees half a file.</summary>
    /// <exception cref="StarlingException">The file cannot be written.</exception>
    public static void Write(string path, Action<string> write) => Guard(path, () => ReplacedFile.Write(path, write));

    private static void Guard(string path, Action action)
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
