using Starling.Data;

namespace Starling.Model.Checkpoints;

/// <summary>Finds checkpoints from the paths that users type.</summary>
public static class CheckpointPaths
{
    /// <summary>Gives the folder of a run's checkpoints.</summary>
    public static string Of(string runFolder) => Path.Combine(runFolder, "checkpoints");

    /// <summary>Gives the folder of the run that a checkpoint's folder belongs to, two levels above it.</summary>
    public static string RunOf(string checkpointFolder)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpointFolder));
        return Path.GetDirectoryName(Path.GetDirectoryName(path)) ?? path;
    }

    /// <summary>
    /// Finds the checkpoint folder that <paramref name="path"/> means: the path itself if it is a checkpoint, else the
    /// newest one of the run or of the <c>checkpoints</c> folder. Does not look at the tensor files. So a damaged
    /// checkpoint is found too, and the reader reports what is wrong with it.
    /// </summary>
    /// <exception cref="StarlingException">There is no such folder, or no checkpoint in it.</exception>
    public static string Resolve(string path)
    {
        if (!Directory.Exists(path)) throw new StarlingException($"there is no folder {path}");
        if (File.Exists(Path.Combine(path, CheckpointManifest.FileName))) return path;
        // A run's folder may have a number as its name, and a checkpoint may have lost its manifest, so neither tells
        // alone.
        bool isRun = Directory.Exists(Of(path));
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (!isRun && CheckpointFolders.StepOf(name) is not null) return path;
        string folder = isRun ? Of(path) : path;
        return CheckpointFolders.Scan(folder).Values.LastOrDefault() ??
            throw new StarlingException($"{path} has no checkpoint: give a run's folder or a checkpoint's");
    }
}
