using System.Globalization;
using Starling.Data;

namespace Starling.Model.Checkpoints;

/// <summary>
/// The names inside a <c>checkpoints</c> folder: <c>STEP</c> for a committed checkpoint, <c>.old-STEP-ID</c> for one
/// that is being replaced and stays good until its successor is in place, and <c>.tmp-STEP-ID</c> for one that is being
/// written or deleted.
/// </summary>
internal static class CheckpointFolders
{
    internal const string TemporaryPrefix = ".tmp-";
    internal const string SetAsidePrefix = ".old-";

    /// <summary>Gives the name of the folder of a step's committed checkpoint.</summary>
    internal static string NameOf(long step) => step.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Gives the step of the name of a committed checkpoint's folder; null for any other name (<c>007</c>, <c>+7</c>,
    /// …).
    /// </summary>
    internal static long? StepOf(string name) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long step) && NameOf(step) == name
            ? step
            : null;

    /// <summary>Gives the step of the name of a checkpoint that is being replaced; null for any other name.</summary>
    internal static long? SetAsideStepOf(string name) => StepOf(SetAsidePrefix, name);

    /// <summary>
    /// Gives the step of the name of a checkpoint that is being written or deleted; null for any other name.
    /// </summary>
    internal static long? TemporaryStepOf(string name) => StepOf(TemporaryPrefix, name);

    /// <summary>Makes a name that no folder has yet.</summary>
    internal static string Fresh(string prefix, long step) => $"{prefix}{NameOf(step)}-{Guid.NewGuid():N}";

    /// <summary>
    /// Finds the folder of each step's checkpoint. A checkpoint that is being replaced counts while its successor is
    /// missing: between the two renames of the replacement it may be the only good one of the run.
    /// </summary>
    internal static SortedDictionary<long, string> Scan(string folder)
    {
        SortedDictionary<long, string> found = [];
        foreach (string path in Folders(folder))
        {
            string name = Path.GetFileName(path);
            if (StepOf(name) is { } step) found[step] = path;
            else if (SetAsideStepOf(name) is { } aside) found.TryAdd(aside, path);
        }
        return found;
    }

    /// <summary>
    /// Lists every folder in <paramref name="folder"/>, hidden ones included; none if <paramref name="folder"/> does
    /// not exist.
    /// </summary>
    /// <exception cref="StarlingException">The folder cannot be read.</exception>
    internal static string[] Folders(string folder)
    {
        try
        {
            return Directory.GetDirectories(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"the checkpoints in {folder} cannot be listed: {e.Message}", e,
                FaultScope.Node);
        }
    }

    private static long? StepOf(string prefix, string name) =>
        name.StartsWith(prefix, StringComparison.Ordinal) ? StepOf(name.Split('-')[1]) : null;
}
