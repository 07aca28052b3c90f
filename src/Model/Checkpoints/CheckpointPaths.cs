using Starling.Data;

namespace Starling.Model.Checkpoints;

/// <summary>Finds checkpoints from what a user types.</summary>
public static class CheckpointPaths
{
    /// <summary>The folder of a run's checkpoints.</summary>
    public static string Of(string runFolder) => Path.Combine(runFolder, "checkpoints");

    /// <summary>The folder of the run that a checkpoint's folder belongs to, two levels above it.</summary>
    public static string RunOf(string checkpointFolder)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpointFolder));
        return Path.GetDirectoryName(Path.GetDirectoryName(path)) ?? path;
    }

    /// <summary>
    /// The checkpoint folder that <paramref name="path"/> means: itself, or the newest of a <c>checkpoints</c> folder
    /// or of a run. Does not look inside, so a damaged checkpoint is found too and reported by whoever reads it.
    /// </summary>
    /// <exception cref="StarlingException">There is no such folder, or no checkpoint in it.</exception>
    public static string Resolve(string path)
    {
        if (!Directory.Exists(path)) throw new StarlingException($"there is no folder {path}");
        if (File.Exists(Path.Combine(path, CheckpointManifest.FileName))) return path;
        // A run may have a number for a name, and a checkpoint may have lost its manifest.
        bool isRun = Directory.Exists(Of(path));
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (!isRun && CheckpointFolders.StepOf(name) is not null) return path;
        string folder = isRun ? Of(path) : path;
        return CheckpointFolders.Scan(folder).Values.LastOrDefault() ??
            throw new StarlingException($"{path} has no checkpoint: give a run's folder or a checkpoint's");
    }
}
